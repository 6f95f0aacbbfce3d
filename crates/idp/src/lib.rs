//! Bailiwick: idp.

//! Bailiwick: embedded.

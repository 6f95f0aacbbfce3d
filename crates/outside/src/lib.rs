//! Bailiwick: outside.

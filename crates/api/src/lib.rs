//! Bailiwick: api.

//! Bailiwick: store.

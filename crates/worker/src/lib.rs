//! Bailiwick: worker.

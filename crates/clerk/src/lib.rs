//! Bailiwick: clerk.

//! Bailiwick: testkit.

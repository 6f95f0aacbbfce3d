//! Bailiwick: services.

//! Bailiwick: pg.

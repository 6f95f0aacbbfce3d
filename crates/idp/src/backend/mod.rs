//! The Backend API.

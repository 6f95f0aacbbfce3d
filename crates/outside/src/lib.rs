//! Outside systems other than the identity provider, one module each: a small trait, the real
//! one, and one in memory for tests.

pub mod storage;

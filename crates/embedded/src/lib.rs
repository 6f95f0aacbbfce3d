//! What `bailiwick dev` and the tests run beside the product, so that one machine is enough: a
//! PostgreSQL server, an S3-compatible object store, and a mailbox for the mail and text messages
//! that would otherwise leave the machine.
//!
//! Everything listens on 127.0.0.1 alone, keeps what it acknowledged through a kill, and needs
//! nothing of the product: the crate depends on none of ours.

mod dir_lock;
mod listen;
pub mod mailbox;
pub mod postgres;
pub mod s3;

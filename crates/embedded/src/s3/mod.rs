//! An object store that speaks as much of S3 as the product needs: signed `PUT`, `GET`, `HEAD`,
//! `DELETE` and list, on the file system.
//!
//! Promises: what a `PUT` acknowledged survives a kill and a power cut; an upload whose length,
//! checksum or signature is wrong leaves nothing; a reader sees an object whole or not at all; of
//! two `PUT`s with `If-None-Match: *` one alone wins. Memory is bounded whatever an object's size.

mod api;
mod config;
mod cors;
mod error;
mod listing;
mod object;
mod server;
mod store;
mod upload;

pub use config::ObjectStoreConfig;
pub use error::ObjectStoreError;
pub use server::ObjectStore;

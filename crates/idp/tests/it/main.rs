//! The identity provider from outside: over HTTP, on a real PostgreSQL.

mod support;
mod webhooks;

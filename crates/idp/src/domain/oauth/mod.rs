//! Applications of others that ask users for access: this instance as an OAuth 2 server.

/// What an application can ask for.
pub const SCOPES: [&str; 5] = [
    "email",
    "offline_access",
    "openid",
    "profile",
    "public_metadata",
];

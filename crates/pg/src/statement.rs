//! Statements as constants.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use bytes::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use uuid::Uuid;

/// One SQL statement. `{t}` in its text stands for the schema that it runs in.
///
/// Parameter types are declared, so that the first use on a connection needs no extra round trip
/// (Parse, Bind, Execute and Sync leave together). A test prepares every statement against a
/// migrated database and compares.
#[derive(Debug)]
pub struct Statement {
    /// The constant's name: unique within a crate, used in logs and metrics.
    pub name: &'static str,
    /// SQL text with `{t}` for the tenant's schema.
    pub sql: &'static str,
    /// Types of `$1`, `$2`, …
    pub params: &'static [Type],
}

impl Statement {
    /// Whether the statement runs in a tenant's schema.
    #[must_use]
    pub fn is_tenant(&self) -> bool {
        self.sql.contains("{t}")
    }

    /// The text to send: `{t}` replaced by the schema.
    #[must_use]
    pub fn render(&self, schema: Option<&Schema>) -> Cow<'static, str> {
        match schema {
            Some(schema) => Cow::Owned(self.sql.replace("{t}", schema.as_str())),
            None => Cow::Borrowed(self.sql),
        }
    }
}

/// Declares statements and a list `STATEMENTS` of them all.
///
/// ```ignore
/// sql! {
///     /// Finds a user by its id.
///     pub FIND_USER(TEXT) = "select id from idp.users where id = $1";
/// }
/// ```
#[macro_export]
macro_rules! sql {
    ($( $(#[$meta:meta])* $vis:vis $name:ident ( $($ty:ident),* $(,)? ) = $sql:expr; )+) => {
        $(
            $(#[$meta])*
            $vis static $name: $crate::Statement = $crate::Statement {
                name: stringify!($name),
                sql: $sql,
                params: &[$($crate::Type::$ty),*],
            };
        )+

        /// Every statement of this module, for the test that checks them.
        pub static STATEMENTS: &[&$crate::Statement] = &[$(&$name),+];
    };
}

/// The name of a schema, safe to stand in SQL text: `[a-z][a-z0-9_]{0,62}`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Schema(Arc<str>);

/// The text is not a schema name that we accept.
#[derive(Debug, thiserror::Error)]
#[error("not a schema name: it must match [a-z][a-z0-9_]{{0,62}}")]
pub struct SchemaNameError;

impl Schema {
    /// Accepts `[a-z][a-z0-9_]{0,62}` only.
    ///
    /// # Errors
    /// Any other text.
    pub fn new(name: &str) -> Result<Self, SchemaNameError> {
        let bytes = name.as_bytes();
        let head = bytes.first().is_some_and(u8::is_ascii_lowercase);
        let rest = bytes
            .iter()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'_');
        if head && rest && bytes.len() <= 63 {
            Ok(Self(name.into()))
        } else {
            Err(SchemaNameError)
        }
    }

    /// The name, unquoted.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The statement that opens a guarded transaction: it answers one boolean, and where that is not
/// `true` the transaction does not go on ([`crate::Error::Refused`]).
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// The statement, without a schema of its own.
    pub statement: &'static Statement,
    /// The same for a transaction that only reads, and makes sure that it does.
    pub reading: &'static Statement,
    /// Its four parameters.
    pub args: [Arg; 4],
}

impl Entry {
    pub(crate) fn params(&self) -> [&(dyn ToSql + Sync); 4] {
        [&self.args[0], &self.args[1], &self.args[2], &self.args[3]]
    }
}

/// A parameter of an [`Entry`].
#[derive(Debug, Clone, Copy)]
pub enum Arg {
    /// A `uuid`.
    Uuid(Uuid),
    /// A `bigint`.
    I64(i64),
    /// A `text` known at compile time.
    Text(&'static str),
}

impl ToSql for Arg {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Uuid(v) => v.to_sql(ty, out),
            Self::I64(v) => v.to_sql(ty, out),
            Self::Text(v) => v.to_sql(ty, out),
        }
    }

    fn accepts(ty: &Type) -> bool {
        matches!(*ty, Type::UUID | Type::INT8 | Type::TEXT)
    }

    to_sql_checked!();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schema_names_are_strict() {
        for good in ["control", "tenant_shared", "tenant_0123456789ab", "a"] {
            assert!(Schema::new(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "1a",
            "Tenant",
            "a-b",
            "a;drop",
            "a\"b",
            "é",
            &"a".repeat(64),
        ] {
            assert!(Schema::new(bad).is_err(), "{bad}");
        }
    }
}

//! The four database roles, and a database for them.
//!
//! `bailiwick_owner` runs migrations and owns everything, `bailiwick_app` serves requests and owns
//! nothing, `bailiwick_ro` is for operators who look, `bailiwick_retention` removes the facts of
//! tenants that are gone and can do nothing else. Needs a superuser; safe to repeat.

use bailiwick_pg::Pool;

use crate::Result;

/// Passwords of the roles. Only `[A-Za-z0-9_-]`, so that they stand in connection strings as they
/// are.
#[derive(Clone)]
pub struct Passwords {
    /// Of `bailiwick_owner`.
    pub owner: String,
    /// Of `bailiwick_app`.
    pub app: String,
    /// Of `bailiwick_ro`.
    pub ro: String,
    /// Of `bailiwick_retention`.
    pub retention: String,
}

impl Passwords {
    fn check(&self) -> Result<()> {
        let plain = |text: &str| {
            !text.is_empty()
                && text
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
        };
        if [&self.owner, &self.app, &self.ro, &self.retention]
            .into_iter()
            .all(|text| plain(text))
        {
            Ok(())
        } else {
            Err(crate::Error::Config(
                "a password has characters beyond [A-Za-z0-9_-]".to_owned(),
            ))
        }
    }
}

/// Makes the roles, or brings their settings and passwords up to date.
///
/// # Errors
/// The database's; a password with other characters than `[A-Za-z0-9_-]`.
pub async fn ensure(superuser: &Pool, passwords: &Passwords) -> Result<()> {
    passwords.check()?;
    let Passwords {
        owner,
        app,
        ro,
        retention,
    } = passwords;
    for (role, password) in [
        ("bailiwick_owner", owner),
        ("bailiwick_app", app),
        ("bailiwick_ro", ro),
        ("bailiwick_retention", retention),
    ] {
        superuser
            .batch(&format!(
                "do $$ begin create role {role} login; exception when duplicate_object or unique_violation then null; end $$"
            ))
            .await?;
        superuser
            .batch(&format!(
                "alter role {role} login nosuperuser nocreatedb nocreaterole nobypassrls password '{password}'"
            ))
            .await?;
    }
    // What FORCE would hide from the owner becomes an error instead of zero rows.
    superuser
        .batch("alter role bailiwick_owner set row_security = off")
        .await?;
    for setting in [
        "search_path = ''",
        "statement_timeout = '30s'",
        "idle_in_transaction_session_timeout = '30s'",
        "jit = off",
    ] {
        superuser
            .batch(&format!("alter role bailiwick_app set {setting}"))
            .await?;
        superuser
            .batch(&format!("alter role bailiwick_ro set {setting}"))
            .await?;
    }
    superuser
        .batch("alter role bailiwick_retention set search_path = ''")
        .await?;
    superuser
        .batch("alter role bailiwick_ro set default_transaction_read_only = on")
        .await?;
    Ok(())
}

/// Makes the database `name` for the roles, where it is missing. `superuser` may be connected to
/// any database; the grants inside are made by [`ensure_grants`].
///
/// # Errors
/// The database's.
pub async fn ensure_database(superuser: &Pool, name: &str) -> Result<()> {
    let name = bailiwick_pg::Schema::new(name).map_err(|e| crate::Error::Config(e.to_string()))?;
    match superuser
        .batch(&format!("create database {name} owner bailiwick_owner"))
        .await
    {
        Err(error) if error.sqlstate() == Some("42P04") => {}
        other => other?,
    }
    superuser
        .batch(&format!("revoke all on database {name} from public"))
        .await?;
    superuser
        .batch(&format!(
            "grant connect on database {name} to bailiwick_app, bailiwick_ro, bailiwick_retention"
        ))
        .await
}

/// Takes what `public` gives to everybody inside the database that `superuser` is connected to.
///
/// # Errors
/// The database's.
pub async fn ensure_grants(superuser: &Pool) -> Result<()> {
    superuser
        .batch("revoke all on schema public from public")
        .await
}

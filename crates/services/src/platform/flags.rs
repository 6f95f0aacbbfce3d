//! Feature flags as those switch them who operate the installation.

use std::collections::BTreeSet;

use bailiwick_kernel::Problem;
use bailiwick_kernel::flag::is_key;
use bailiwick_kernel::id::OrgId;
use bailiwick_kernel::page::{Cursor, Page, PageQuery};
use bailiwick_kernel::text::Fields;
use bailiwick_pg::Tx;
use bailiwick_store::audit::Fact;
use bailiwick_store::flags::{self, FLAGS_MAX, Flag, Override};
use bailiwick_store::{organizations, placements};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::Operator;
use crate::Result;
use crate::people::People;

/// Characters of a flag's description.
const DESCRIPTION_CHARS_MAX: usize = 500;

/// A flag, from the database or from how the installation was started.
#[derive(Debug)]
pub enum Known {
    /// Somebody has switched it.
    Switched(Flag),
    /// Nobody has: this is what the installation was started with.
    Started(String, bool),
}

impl Known {
    fn key(&self) -> &str {
        match self {
            Self::Switched(flag) => &flag.key,
            Self::Started(key, _) => key,
        }
    }
}

/// All flags, by key, with the names of who switched them.
///
/// # Errors
/// The database's.
pub async fn list(operator: &Operator) -> Result<(Vec<Known>, People)> {
    let app = operator.app();
    let switched = app.store().list_flags().await?;
    let people = app
        .people(switched.iter().filter_map(|f| f.updated_by))
        .await?;
    let seen: BTreeSet<String> = switched.iter().map(|flag| flag.key.clone()).collect();
    let started = app.settings().flags.iter();
    let mut all: Vec<Known> = started
        .filter(|(key, _)| !seen.contains(*key))
        .map(|(key, is_enabled)| Known::Started(key.clone(), *is_enabled))
        .collect();
    all.extend(switched.into_iter().map(Known::Switched));
    all.sort_by(|a, b| a.key().cmp(b.key()));
    Ok((all, people))
}

/// Switches a flag for everybody who has no exception, and makes it where there is none.
///
/// # Errors
/// `VALIDATION_FAILED` for a key or a description that cannot be one; `CONFLICT` where there are
/// too many flags.
pub async fn set(
    operator: &Operator,
    key: &str,
    description: Option<&str>,
    is_enabled: bool,
) -> Result<()> {
    let mut fields = Fields::new();
    fields.require(
        is_key(key),
        "key",
        "must be 1 to 100 of a-z, 0-9, '_', '.' and '-', a letter first",
    );
    let description =
        description.map(|text| fields.lines("description", text, 0..=DESCRIPTION_CHARS_MAX));
    fields.finish()?;
    let now = operator.app().env().now();
    let mut tx = operator.begin().await?;
    let before = flags::lock(&mut tx, key).await?;
    if before.is_none() && flags::count(&mut tx).await? >= FLAGS_MAX {
        let detail = "There are 500 flags already.";
        return Err(Problem::conflict().detail(detail).into());
    }
    let me = operator.caller.user();
    flags::set(&mut tx, key, description.as_deref(), is_enabled, me, now).await?;
    let was = before.map(|flag| json!({"isEnabled": flag.is_enabled}));
    let is = json!({"isEnabled": is_enabled});
    operator
        .record(&mut tx, "platform.set_flag", ("flag", key), was, Some(is))
        .await?;
    Ok(tx.commit().await?)
}

/// Removes a flag with its exceptions: what the installation was started with holds again.
///
/// # Errors
/// `NOT_FOUND`; the database's.
pub async fn unset(operator: &Operator, key: &str) -> Result<()> {
    let mut tx = operator.begin().await?;
    let before = locked(&mut tx, key).await?;
    flags::delete(&mut tx, key).await?;
    let was = json!({"isEnabled": before.is_enabled});
    operator
        .record(
            &mut tx,
            "platform.unset_flag",
            ("flag", key),
            Some(was),
            None,
        )
        .await?;
    Ok(tx.commit().await?)
}

/// A page of a flag's exceptions, by the organization's name.
///
/// # Errors
/// A cursor of another list; the database's.
pub async fn list_overrides(
    operator: &Operator,
    key: &str,
    query: &PageQuery,
) -> Result<(Page<Override>, People)> {
    let app = operator.app();
    let after = query.cursor.as_ref();
    let after = after.map(|c| c.key::<String>().map(|name| (name, c.id())));
    let after = after.transpose()?;
    let after = after.as_ref().map(|(name, id)| (name.as_str(), *id));
    if !is_key(key) {
        return Err(Problem::not_found().into());
    }
    let found = app.store().list_overrides(key, after, query.limit.fetch());
    let found = found.await?;
    let people = app
        .people(found.iter().filter_map(|o| o.updated_by))
        .await?;
    let page = Page::cut(found, query.limit, |o| Cursor::after(&o.name, o.org.uuid()));
    Ok((page, people))
}

/// Switches a flag for one organization; `None` ends its exception. Recorded among the
/// organization's facts as well, where its tenant is ready.
///
/// # Errors
/// `NOT_FOUND` where there is no such flag or organization, or no exception to end.
pub async fn set_for(
    operator: &Operator,
    key: &str,
    org: OrgId,
    is_enabled: Option<bool>,
) -> Result<()> {
    let now = operator.app().env().now();
    let mut tx = operator.begin().await?;
    locked(&mut tx, key).await?;
    let row = organizations::lock_by_id(&mut tx, org).await?;
    if row.is_none_or(|row| row.is_deleted) {
        return Err(Problem::not_found().into());
    }
    let before = flags::lock_override(&mut tx, key, org).await?;
    let me = operator.caller.user();
    let action = match is_enabled {
        Some(is_enabled) => {
            flags::set_override(&mut tx, key, org, is_enabled, me, now).await?;
            "platform.set_flag_for"
        }
        None => {
            if !flags::delete_override(&mut tx, key, org).await? {
                return Err(Problem::not_found().into());
            }
            "platform.unset_flag_for"
        }
    };
    let what = |is_enabled: Option<bool>| {
        is_enabled.map(|is| json!({"isEnabled": is, "organizationId": org}))
    };
    let change = (what(before), what(is_enabled));
    record_for(operator, tx, org, (action, key), change, now).await
}

async fn record_for(
    operator: &Operator,
    mut tx: Tx,
    org: OrgId,
    (action, key): (&'static str, &str),
    (before, after): (Option<Value>, Option<Value>),
    now: Timestamp,
) -> Result<()> {
    let object = ("flag", key);
    operator
        .record(&mut tx, action, object, before.clone(), after.clone())
        .await?;
    let Some(placement) = placements::find(&mut tx, org).await? else {
        return Ok(tx.commit().await?);
    };
    let store = operator.app().store();
    let tenant = store.step_into(tx, &placement, action).await?;
    let fact = Fact {
        before,
        after,
        ..operator.caller.fact(now, action, object)
    };
    Ok(tenant.audit_and_commit(&fact).await?)
}

async fn locked(tx: &mut Tx, key: &str) -> Result<Flag> {
    if !is_key(key) {
        return Err(Problem::not_found().into());
    }
    let found = flags::lock(tx, key).await?;
    Ok(found.ok_or_else(Problem::not_found)?)
}

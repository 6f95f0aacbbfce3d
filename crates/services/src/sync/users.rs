//! Users.

use bailiwick_clerk::resources::User;
use bailiwick_kernel::id::{JobId, UserId};
use bailiwick_pg::Tx;
use bailiwick_store::tombstones::{self, Kind};
use bailiwick_store::users::{self, Profile};
use bailiwick_store::{conflicts, jobs as queue, memberships};
use serde_json::{Value, json};

use super::{Outcome, Word, Work, key_hash};
use crate::jobs::ProjectMember;
use crate::{App, Result};

/// A user was created or changed.
///
/// # Errors
/// The database's.
pub async fn apply(app: &App, mut tx: Tx, user: &User, word: Word) -> Result<Outcome> {
    let now = app.env().now();
    tombstones::lock(&mut tx, Kind::User, &user.id).await?;
    if tombstones::find(&mut tx, Kind::User, &key_hash(&user.id))
        .await?
        .is_some()
    {
        tx.commit().await?;
        return Ok(Outcome::Stale);
    }
    let email = user.primary_verified_email();
    let name = name_of(user);
    let metadata = Value::Object(user.public_metadata.clone());
    let emails = user.verified_emails();
    let profile = Profile {
        clerk_user_id: &user.id,
        email,
        emails: &emails,
        full_name: &name,
        avatar_url: user.image_url.as_deref(),
        metadata: &metadata,
        updated_at: word.at,
    };
    let (id, action) = match users::lock(&mut tx, &user.id).await? {
        Some(row) if row.is_deleted || !word.counts_over(row.clerk_updated_at) => {
            tx.commit().await?;
            return Ok(Outcome::Stale);
        }
        Some(row) => {
            users::update(&mut tx, row.id, &profile, now).await?;
            (row.id, "users.update")
        }
        None => match unlinked(&mut tx, email).await? {
            Some(id) => {
                users::update(&mut tx, id, &profile, now).await?;
                (id, "users.link")
            }
            None => {
                let id = UserId::from(app.env().uuid());
                users::insert(&mut tx, id, &profile, now).await?;
                (id, "users.create")
            }
        },
    };
    if let Some(address) = user.primary_address() {
        let is_verified = email.is_some();
        conflicts::note(&mut tx, id, address, is_verified, now).await?;
    }
    let mut work = Work::Control(tx);
    let after = json!({"clerkUserId": user.id});
    work.audit(app, word, action, ("user", &id.to_string()), Some(after))
        .await?;
    work.commit().await?;
    Ok(Outcome::Done)
}

/// The row that migration or an invitation made for a verified primary e-mail, if there is one.
/// No other way links an account by e-mail.
async fn unlinked(tx: &mut Tx, email: Option<&str>) -> Result<Option<UserId>> {
    match email {
        Some(email) => Ok(users::lock_unlinked(tx, email).await?),
        None => Ok(None),
    }
}

/// First and last name, else what stands before the `@`; empty where there is neither.
pub(super) fn name_of(user: &User) -> String {
    user.full_name()
        .or_else(|| local_part(user.primary_verified_email()))
        .unwrap_or_default()
}

fn local_part(email: Option<&str>) -> Option<String> {
    email
        .and_then(|email| email.split('@').next())
        .map(str::to_owned)
}

/// A user was deleted: access ends now, and nothing older brings it back.
///
/// # Errors
/// The database's.
pub async fn delete(app: &App, mut tx: Tx, clerk_user_id: &str, word: Word) -> Result<Outcome> {
    let (at, now) = (word.at, app.env().now());
    tombstones::lock(&mut tx, Kind::User, clerk_user_id).await?;
    tombstones::bury(&mut tx, Kind::User, &key_hash(clerk_user_id), at).await?;
    let row = users::lock(&mut tx, clerk_user_id).await?;
    let Some(row) = row.filter(|row| !row.is_deleted) else {
        tx.commit().await?;
        return Ok(Outcome::Stale);
    };
    users::delete(&mut tx, row.id, "Deleted at the identity provider", at, now).await?;
    for org in memberships::remove_of_user(&mut tx, row.id, at, now).await? {
        let job = JobId::from(app.env().uuid());
        queue::enqueue(&mut tx, job, &ProjectMember::of(org, row.id, now), now).await?;
    }
    let mut work = Work::Control(tx);
    let object = row.id.to_string();
    work.audit(app, word, "users.delete", ("user", &object), None)
        .await?;
    work.commit().await?;
    app.wake_worker();
    Ok(Outcome::Done)
}

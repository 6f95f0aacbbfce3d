//! People: the mirror of the provider's users.

use std::collections::HashMap;

use bailiwick_kernel::id::UserId;
use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use crate::{Result, Store};

sql! {
    /// A user by id.
    FIND(UUID) = "
        select id, clerk_user_id, email, full_name, avatar_url, platform_role, created_at, version
        from control.users where id = $1 and deleted_at is null";
    /// A user by provider id, locked for a change, also when deleted.
    LOCK_BY_CLERK_ID(TEXT) = "
        select id, clerk_updated_at, deleted_at from control.users where clerk_user_id = $1 for update";
    /// A row that migration or an invitation made, waiting for the owner of this verified e-mail.
    LOCK_UNLINKED(TEXT) = "
        select id from control.users
        where lower(email) = lower($1) and clerk_user_id is null and deleted_at is null
          and migration_status in ('pending', 'invited')
        order by created_at limit 2 for update";
    /// A new user. Nothing happens where the provider id is taken.
    INSERT(UUID, TEXT, TEXT, TEXT, TEXT, JSONB, TIMESTAMPTZ, TIMESTAMPTZ, TEXT_ARRAY) = "
        insert into control.users (id, clerk_user_id, email, full_name, avatar_url, clerk_metadata,
                                   clerk_updated_at, created_at, updated_at, emails)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9)
        on conflict (clerk_user_id) do nothing";
    /// The provider's newer state. An empty name keeps the old one.
    UPDATE(UUID, TEXT, TEXT, TEXT, TEXT, JSONB, TIMESTAMPTZ, TIMESTAMPTZ, TEXT_ARRAY) = "
        update control.users set clerk_user_id = $2, email = $3, emails = $9,
               full_name = coalesce(nullif($4, ''), full_name), avatar_url = $5, clerk_metadata = $6,
               clerk_updated_at = $7, updated_at = $8, is_active = true,
               migration_status = case when migration_status is null then null else 'completed' end
        where id = $1";
    /// Deleted at the provider: access ends with the version of the user and of the memberships.
    DELETE(UUID, TEXT, TIMESTAMPTZ, TIMESTAMPTZ) = "
        update control.users set is_active = false, deleted_at = $4, deletion_reason = $2,
               clerk_updated_at = $3, updated_at = $4, version = version + 1
        where id = $1";
    /// Who operates the installation, under the lock of whoever asks.
    ACTING(UUID) = "
        select platform_role, clerk_user_id, emails from control.users
        where id = $1 and is_active and deleted_at is null for share";
    /// Who has proven this e-mail.
    LIST_BY_EMAIL(TEXT) = "
        select id from control.users
        where deleted_at is null and (lower(email) = lower($1) or emails @> array[lower($1)]) order by id limit 20";
    /// Names for the provider's ids.
    PEOPLE_BY_CLERK_ID(TEXT_ARRAY) = "
        select id, full_name, email, avatar_url, clerk_user_id from control.users
        where clerk_user_id = any($1) limit 1000";
    /// Names for ids, for the lists that show them.
    PEOPLE(UUID_ARRAY) = "
        select id, full_name, email, avatar_url from control.users where id = any($1) limit 1000";
}

/// A user as the API shows one.
#[derive(Debug, Clone)]
pub struct User {
    /// Our id.
    pub id: UserId,
    /// The provider's id.
    pub clerk_user_id: Option<String>,
    /// The verified primary e-mail.
    pub email: Option<String>,
    /// First and last name.
    pub full_name: Option<String>,
    /// A picture.
    pub avatar_url: Option<String>,
    /// `none`, `admin_staff` or `super_admin`.
    pub platform_role: String,
    /// When we first saw them.
    pub created_at: Timestamp,
}

/// How a person is shown beside what they did.
#[derive(Debug, Clone, Default)]
pub struct Person {
    /// First and last name, or the e-mail, or nothing.
    pub name: Option<String>,
    /// The verified primary e-mail.
    pub email: Option<String>,
    /// A picture.
    pub avatar_url: Option<String>,
}

/// What the provider says of a user.
#[derive(Debug, Clone)]
pub struct Profile<'a> {
    /// The provider's id.
    pub clerk_user_id: &'a str,
    /// The verified primary e-mail.
    pub email: Option<&'a str>,
    /// Every verified e-mail, in lower case.
    pub emails: &'a [String],
    /// First and last name; empty where unknown.
    pub full_name: &'a str,
    /// A picture.
    pub avatar_url: Option<&'a str>,
    /// Public metadata.
    pub metadata: &'a Value,
    /// The provider's `updated_at`.
    pub updated_at: Timestamp,
}

/// A user row under lock.
#[derive(Debug, Clone, Copy)]
pub struct Locked {
    /// Our id.
    pub id: UserId,
    /// The provider's time of what the row holds.
    pub clerk_updated_at: Timestamp,
    /// Deleted for good.
    pub is_deleted: bool,
}

impl Store {
    /// The user, unless deleted.
    ///
    /// # Errors
    /// The database's.
    pub async fn find_user(&self, id: UserId) -> Result<Option<User>> {
        self.pool()
            .query_opt(&FIND, &[&id.uuid()])
            .await?
            .map(decode)
            .transpose()
    }

    /// Names for ids; unknown ones are absent.
    ///
    /// # Errors
    /// The database's.
    pub async fn people(&self, ids: &[Uuid]) -> Result<HashMap<Uuid, Person>> {
        let rows = self.pool().query(&PEOPLE, &[&ids]).await?;
        rows.iter().map(person).collect()
    }

    /// Our ids and names for the provider's ids; unknown ones are absent.
    ///
    /// # Errors
    /// The database's.
    pub async fn people_by_clerk_id(
        &self,
        clerk_user_ids: &[String],
    ) -> Result<Vec<(String, (Uuid, Person))>> {
        let rows = self
            .pool()
            .query(&PEOPLE_BY_CLERK_ID, &[&clerk_user_ids])
            .await?;
        rows.iter()
            .map(|row| Ok((row.try_get(4)?, person(row)?)))
            .collect()
    }
}

fn person(row: &Row) -> Result<(Uuid, Person)> {
    let person = Person {
        name: row.try_get(1)?,
        email: row.try_get(2)?,
        avatar_url: row.try_get(3)?,
    };
    Ok((row.try_get(0)?, person))
}

/// Locks the row of a provider id.
///
/// # Errors
/// The database's.
pub async fn lock(tx: &mut Tx, clerk_user_id: &str) -> Result<Option<Locked>> {
    let row = tx.query_opt(&LOCK_BY_CLERK_ID, &[&clerk_user_id]).await?;
    row.map(|row| {
        Ok(Locked {
            id: UserId::from(row.try_get::<_, Uuid>(0)?),
            clerk_updated_at: row.try_get(1)?,
            is_deleted: row.try_get::<_, Option<Timestamp>>(2)?.is_some(),
        })
    })
    .transpose()
}

/// The row, made by migration or an invitation, that waits for this verified primary e-mail; none
/// where several do, since nobody could say which.
///
/// # Errors
/// The database's.
pub async fn lock_unlinked(tx: &mut Tx, email: &str) -> Result<Option<UserId>> {
    let rows = tx.query(&LOCK_UNLINKED, &[&email]).await?;
    match rows.as_slice() {
        [row] => Ok(Some(UserId::from(row.try_get::<_, Uuid>(0)?))),
        _ => Ok(None),
    }
}

/// A user who is neither deactivated nor deleted, as a change of who belongs where needs them.
#[derive(Debug, Clone)]
pub struct Acting {
    /// `none`, `admin_staff` or `super_admin`.
    pub platform_role: String,
    /// The provider's id.
    pub clerk_user_id: Option<String>,
    /// Every verified e-mail, in lower case.
    pub emails: Vec<String>,
}

/// The user as they are until the transaction ends; none where deactivated or deleted.
///
/// # Errors
/// The database's.
pub async fn find_acting(tx: &mut Tx, id: UserId) -> Result<Option<Acting>> {
    let row = tx.query_opt(&ACTING, &[&id.uuid()]).await?;
    row.map(|row| {
        Ok(Acting {
            platform_role: row.try_get(0)?,
            clerk_user_id: row.try_get(1)?,
            emails: row.try_get(2)?,
        })
    })
    .transpose()
}

/// Everybody who has proven this e-mail.
///
/// # Errors
/// The database's.
pub async fn list_by_email(tx: &mut Tx, email: &str) -> Result<Vec<UserId>> {
    let rows = tx.query(&LIST_BY_EMAIL, &[&email]).await?;
    rows.into_iter()
        .map(|row| Ok(UserId::from(row.try_get::<_, Uuid>(0)?)))
        .collect()
}

/// Inserts; `false` where another transaction was first.
///
/// # Errors
/// The database's.
pub async fn insert(tx: &mut Tx, id: UserId, p: &Profile<'_>, now: Timestamp) -> Result<bool> {
    let inserted = tx
        .execute(
            &INSERT,
            &[
                &id.uuid(),
                &p.clerk_user_id,
                &p.email,
                &p.full_name,
                &p.avatar_url,
                p.metadata,
                &p.updated_at,
                &now,
                &p.emails,
            ],
        )
        .await?;
    Ok(inserted == 1)
}

/// Writes the provider's newer state.
///
/// # Errors
/// The database's.
pub async fn update(tx: &mut Tx, id: UserId, p: &Profile<'_>, now: Timestamp) -> Result<()> {
    tx.execute(
        &UPDATE,
        &[
            &id.uuid(),
            &p.clerk_user_id,
            &p.email,
            &p.full_name,
            &p.avatar_url,
            p.metadata,
            &p.updated_at,
            &now,
            &p.emails,
        ],
    )
    .await?;
    Ok(())
}

/// Marks as deleted.
///
/// # Errors
/// The database's.
pub async fn delete(
    tx: &mut Tx,
    id: UserId,
    reason: &str,
    at: Timestamp,
    now: Timestamp,
) -> Result<()> {
    tx.execute(&DELETE, &[&id.uuid(), &reason, &at, &now])
        .await?;
    Ok(())
}

fn decode(row: Row) -> Result<User> {
    Ok(User {
        id: UserId::from(row.try_get::<_, Uuid>(0)?),
        clerk_user_id: row.try_get(1)?,
        email: row.try_get(2)?,
        full_name: row.try_get(3)?,
        avatar_url: row.try_get(4)?,
        platform_role: row.try_get(5)?,
        created_at: row.try_get(6)?,
    })
}

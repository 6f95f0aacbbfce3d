//! Users.

use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;
use serde_json::Value;

use super::after;
use crate::error::Result;

/// A row of `idp.users`.
#[derive(Clone, Debug)]
pub struct User {
    /// `user_…`.
    pub id: String,
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// Unique without regard to case.
    pub username: Option<String>,
    /// The customer's own id for this user.
    pub external_id: Option<String>,
    /// Which of the user's addresses mail goes to.
    pub primary_email_address_id: Option<String>,
    /// Which of the user's numbers is shown first.
    pub primary_phone_number_id: Option<String>,
    /// The uploaded picture.
    pub image_id: Option<String>,
    /// Argon2id in PHC form; none where the user has no password.
    pub password_digest: Option<String>,
    /// When the password was last set.
    pub password_updated_at: Option<Timestamp>,
    /// Readable by browsers, written by servers.
    pub public_metadata: Value,
    /// For servers alone.
    pub private_metadata: Value,
    /// Read and written by browsers.
    pub unsafe_metadata: Value,
    /// May not sign in.
    pub banned: bool,
    /// Wrong passwords and codes since the last sign-in.
    pub failed_attempts: i64,
    /// Sign-in is refused until then.
    pub locked_until: Option<Timestamp>,
    /// Whether this user may create organizations.
    pub create_organization_enabled: bool,
    /// How many organizations this user may create; none means no limit.
    pub create_organizations_limit: Option<i64>,
    /// Whether this user may delete the account.
    pub delete_self_enabled: bool,
    /// Preferred language.
    pub locale: Option<String>,
    /// When the terms were accepted.
    pub legal_accepted_at: Option<Timestamp>,
    /// Last completed sign-in.
    pub last_sign_in_at: Option<Timestamp>,
    /// Last sign of life.
    pub last_active_at: Option<Timestamp>,
    /// When the user came to be.
    pub created_at: Timestamp,
    /// Orders the changes of this user; each change is later than the one before.
    pub updated_at: Timestamp,
}

impl User {
    /// A user with nothing but an id.
    #[must_use]
    pub fn new(id: String, now: Timestamp) -> Self {
        let empty = || Value::Object(serde_json::Map::new());
        Self {
            id,
            first_name: None,
            last_name: None,
            username: None,
            external_id: None,
            primary_email_address_id: None,
            primary_phone_number_id: None,
            image_id: None,
            password_digest: None,
            password_updated_at: None,
            public_metadata: empty(),
            private_metadata: empty(),
            unsafe_metadata: empty(),
            banned: false,
            failed_attempts: 0,
            locked_until: None,
            create_organization_enabled: true,
            create_organizations_limit: None,
            delete_self_enabled: true,
            locale: None,
            legal_accepted_at: None,
            last_sign_in_at: None,
            last_active_at: None,
            created_at: now,
            updated_at: now,
        }
    }

    pub(super) fn read(row: &Row) -> Self {
        Self {
            id: row.get("id"),
            first_name: row.get("first_name"),
            last_name: row.get("last_name"),
            username: row.get("username"),
            external_id: row.get("external_id"),
            primary_email_address_id: row.get("primary_email_address_id"),
            primary_phone_number_id: row.get("primary_phone_number_id"),
            image_id: row.get("image_id"),
            password_digest: row.get("password_digest"),
            password_updated_at: row.get("password_updated_at"),
            public_metadata: row.get("public_metadata"),
            private_metadata: row.get("private_metadata"),
            unsafe_metadata: row.get("unsafe_metadata"),
            banned: row.get("banned"),
            failed_attempts: row.get("failed_attempts"),
            locked_until: row.get("locked_until"),
            create_organization_enabled: row.get("create_organization_enabled"),
            create_organizations_limit: row.get("create_organizations_limit"),
            delete_self_enabled: row.get("delete_self_enabled"),
            locale: row.get("locale"),
            legal_accepted_at: row.get("legal_accepted_at"),
            last_sign_in_at: row.get("last_sign_in_at"),
            last_active_at: row.get("last_active_at"),
            created_at: row.get("created_at"),
            updated_at: row.get("updated_at"),
        }
    }

    /// Whether sign-in is refused at `now` after too many failures.
    #[must_use]
    pub fn is_locked(&self, now: Timestamp) -> bool {
        self.locked_until.is_some_and(|until| until > now)
    }
}

/// Every column of `idp.users u`, as [`User::read`] wants them.
macro_rules! user_columns {
    () => {
        "u.id, u.first_name, u.last_name, u.username, u.external_id, u.primary_email_address_id,
         u.primary_phone_number_id, u.image_id, u.password_digest, u.password_updated_at,
         u.public_metadata, u.private_metadata, u.unsafe_metadata, u.banned, u.failed_attempts,
         u.locked_until, u.create_organization_enabled, u.create_organizations_limit,
         u.delete_self_enabled, u.locale, u.legal_accepted_at, u.last_sign_in_at,
         u.last_active_at, u.created_at, u.updated_at"
    };
}
pub(super) use user_columns;

sql! {
    /// Users by id, in the order of creation.
    LOAD(TEXT_ARRAY) = concat!("select ", user_columns!(),
        " from idp.users u where u.id = any($1) order by u.created_at, u.id");
    /// Locks a user until the transaction's end.
    LOCK(TEXT) = "select id from idp.users where id = $1 for update";
    /// The user who owns a verified address, whatever the case of its letters.
    FIND_BY_EMAIL(TEXT) = "
        select user_id, id from idp.email_addresses
        where lower(address) = lower($1) and verified_at is not null";
    /// The user whom a verified number tells apart.
    FIND_BY_PHONE(TEXT) = "
        select user_id, id from idp.phone_numbers
        where number = $1 and verified_at is not null and not reserved_for_second_factor";
    /// The user of a name, whatever the case of its letters.
    FIND_BY_USERNAME(TEXT) = "select id from idp.users where lower(username) = lower($1)";
    /// The one user whose main address this is to be, and who has proven nothing: no address, and
    /// no account at another provider. Two such claims are nobody's.
    FIND_BY_CLAIM(TEXT) = "
        select min(u.id) as id
        from idp.users u
        join idp.email_addresses e on e.id = u.primary_email_address_id
        where lower(e.address) = lower($1) and e.verified_at is null
          and not exists (select 1 from idp.email_addresses v
                          where v.user_id = u.id and v.verified_at is not null)
          and not exists (select 1 from idp.external_accounts x
                          where x.user_id = u.id and x.status = 'verified')
          and not exists (select 1 from idp.phone_numbers p
                          where p.user_id = u.id and p.verified_at is not null)
        having count(*) = 1";
    /// A new user.
    INSERT(TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TIMESTAMPTZ, JSONB, JSONB, JSONB, BOOL, INT8,
        TIMESTAMPTZ, BOOL, INT8, BOOL, TEXT, TIMESTAMPTZ, TIMESTAMPTZ, TIMESTAMPTZ, TIMESTAMPTZ,
        TIMESTAMPTZ) = "
        insert into idp.users (id, first_name, last_name, username, external_id,
            primary_email_address_id, primary_phone_number_id, image_id, password_digest,
            password_updated_at, public_metadata, private_metadata, unsafe_metadata, banned,
            failed_attempts, locked_until, create_organization_enabled,
            create_organizations_limit, delete_self_enabled, locale, legal_accepted_at,
            last_sign_in_at, last_active_at, updated_at, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
            $19, $20, $21, $22, $23, $24, $25)";
    /// All of a user but the id and the time of creation.
    UPDATE(TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TIMESTAMPTZ, JSONB, JSONB, JSONB,
        BOOL, INT8, TIMESTAMPTZ, BOOL, INT8, BOOL, TEXT, TIMESTAMPTZ, TIMESTAMPTZ, TIMESTAMPTZ,
        TIMESTAMPTZ) = "
        update idp.users set first_name = $2, last_name = $3, username = $4, external_id = $5,
            primary_email_address_id = $6, primary_phone_number_id = $7, image_id = $8,
            password_digest = $9, password_updated_at = $10, public_metadata = $11,
            private_metadata = $12, unsafe_metadata = $13, banned = $14, failed_attempts = $15,
            locked_until = $16, create_organization_enabled = $17,
            create_organizations_limit = $18, delete_self_enabled = $19, locale = $20,
            legal_accepted_at = $21, last_sign_in_at = $22, last_active_at = $23,
            updated_at = $24
        where id = $1";
    /// Gone, with all that is the user's.
    DELETE(TEXT) = "delete from idp.users where id = $1";
    /// How many organizations the user has created and that still exist.
    COUNT_CREATED_ORGANIZATIONS(TEXT) = "
        select count(*) from idp.organizations where created_by = $1";
    /// A sign of life; not a change that anybody is told of.
    SET_ACTIVE(TEXT, TIMESTAMPTZ) = "
        update idp.users set last_active_at = $2
        where id = $1 and (last_active_at is null or last_active_at < $2)";
    /// A completed sign-in; not a change that anybody is told of.
    SET_SIGNED_IN(TEXT, TIMESTAMPTZ) = "
        update idp.users set last_sign_in_at = $2, last_active_at = $2, failed_attempts = 0,
            locked_until = null
        where id = $1";
    /// Counts a failure for good, whatever else this request's transaction does.
    COUNT_FAILURE(TEXT, INT8, TIMESTAMPTZ) = "
        update idp.users set
            failed_attempts = case when failed_attempts + 1 >= $2 then 0 else failed_attempts + 1 end,
            locked_until = case when failed_attempts + 1 >= $2 then $3 else locked_until end
        where id = $1";
}

/// Users by id, in the order of creation; unknown ids are left out.
pub async fn load(tx: &mut Tx, ids: &[String]) -> Result<Vec<User>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(tx
        .query(&LOAD, &[&ids])
        .await?
        .iter()
        .map(User::read)
        .collect())
}

/// The user of that id.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<User>> {
    Ok(load(tx, &[id.to_owned()]).await?.pop())
}

/// Locks the user of that id until the transaction's end, if there is one.
pub async fn lock(tx: &mut Tx, id: &str) -> Result<()> {
    tx.query_opt(&LOCK, &[&id]).await?;
    Ok(())
}

/// `(user id, e-mail address id)` of a verified address, whatever the case of its letters.
pub async fn find_by_email(tx: &mut Tx, address: &str) -> Result<Option<(String, String)>> {
    let row = tx.query_opt(&FIND_BY_EMAIL, &[&address]).await?;
    Ok(row.map(|row| (row.get(0), row.get(1))))
}

/// The user who merely claims an address as the main one, and has proven nothing at all; none
/// where several do.
pub async fn find_by_claim(tx: &mut Tx, address: &str) -> Result<Option<String>> {
    let row = tx.query_opt(&FIND_BY_CLAIM, &[&address]).await?;
    Ok(row.map(|row| row.get(0)))
}

/// `(user id, phone number id)` of a verified number that may be signed in with.
pub async fn find_by_phone(tx: &mut Tx, number: &str) -> Result<Option<(String, String)>> {
    let row = tx.query_opt(&FIND_BY_PHONE, &[&number]).await?;
    Ok(row.map(|row| (row.get(0), row.get(1))))
}

/// The id of the user of a name, whatever the case of its letters.
pub async fn find_by_username(tx: &mut Tx, username: &str) -> Result<Option<String>> {
    let row = tx.query_opt(&FIND_BY_USERNAME, &[&username]).await?;
    Ok(row.map(|row| row.get(0)))
}

/// Stores a new user. `primary_email_address_id` may name an address that is inserted later in
/// the same transaction.
pub async fn insert(tx: &mut Tx, user: &User) -> Result<()> {
    tx.execute(
        &INSERT,
        &[
            &user.id,
            &user.first_name,
            &user.last_name,
            &user.username,
            &user.external_id,
            &user.primary_email_address_id,
            &user.primary_phone_number_id,
            &user.image_id,
            &user.password_digest,
            &user.password_updated_at,
            &user.public_metadata,
            &user.private_metadata,
            &user.unsafe_metadata,
            &user.banned,
            &user.failed_attempts,
            &user.locked_until,
            &user.create_organization_enabled,
            &user.create_organizations_limit,
            &user.delete_self_enabled,
            &user.locale,
            &user.legal_accepted_at,
            &user.last_sign_in_at,
            &user.last_active_at,
            &user.updated_at,
            &user.created_at,
        ],
    )
    .await?;
    Ok(())
}

/// Saves a locked user and moves its `updated_at` on.
pub async fn save(tx: &mut Tx, user: &mut User, now: Timestamp) -> Result<()> {
    user.updated_at = after(user.updated_at, now);
    tx.execute(
        &UPDATE,
        &[
            &user.id,
            &user.first_name,
            &user.last_name,
            &user.username,
            &user.external_id,
            &user.primary_email_address_id,
            &user.primary_phone_number_id,
            &user.image_id,
            &user.password_digest,
            &user.password_updated_at,
            &user.public_metadata,
            &user.private_metadata,
            &user.unsafe_metadata,
            &user.banned,
            &user.failed_attempts,
            &user.locked_until,
            &user.create_organization_enabled,
            &user.create_organizations_limit,
            &user.delete_self_enabled,
            &user.locale,
            &user.legal_accepted_at,
            &user.last_sign_in_at,
            &user.last_active_at,
            &user.updated_at,
        ],
    )
    .await?;
    Ok(())
}

/// Deletes the row, and with it addresses, memberships, sessions and attempts.
pub async fn delete(tx: &mut Tx, id: &str) -> Result<()> {
    tx.execute(&DELETE, &[&id]).await?;
    Ok(())
}

/// How many existing organizations the user has created.
pub async fn count_created_organizations(tx: &mut Tx, id: &str) -> Result<i64> {
    Ok(tx
        .query_one(&COUNT_CREATED_ORGANIZATIONS, &[&id])
        .await?
        .get(0))
}

/// Notes a sign of life; `updated_at` stays, nobody is told.
pub async fn set_active(tx: &mut Tx, id: &str, now: Timestamp) -> Result<()> {
    tx.execute(&SET_ACTIVE, &[&id, &now]).await?;
    Ok(())
}

/// Notes a completed sign-in, which ends the count of failures; `updated_at` stays.
pub async fn set_signed_in(tx: &mut Tx, id: &str, now: Timestamp) -> Result<()> {
    tx.execute(&SET_SIGNED_IN, &[&id, &now]).await?;
    Ok(())
}

/// Counts a wrong password or code; the `max`-th locks the user until `lock_until`.
pub async fn count_failure(tx: &mut Tx, id: &str, max: i64, lock_until: Timestamp) -> Result<()> {
    tx.execute(&COUNT_FAILURE, &[&id, &max, &lock_until])
        .await?;
    Ok(())
}

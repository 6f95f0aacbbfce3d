//! Attempts to sign up.

use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;
use serde_json::Value;

use super::verifications::{Verification, verification_json};
use crate::error::Result;

/// A row of `idp.sign_ups` with the verifications of its address and its number.
#[derive(Clone, Debug)]
pub struct SignUp {
    /// `sua_…`.
    pub id: String,
    /// The browser that tries.
    pub client_id: String,
    /// `missing_requirements`, `complete` or `abandoned`.
    pub status: String,
    /// The address to verify.
    pub email_address: Option<String>,
    /// Of [`Self::email_address`].
    pub email_verification: Option<Verification>,
    /// The number to verify.
    pub phone_number: Option<String>,
    /// Of [`Self::phone_number`].
    pub phone_verification: Option<Verification>,
    /// The name to sign in with.
    pub username: Option<String>,
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// Argon2id in PHC form.
    pub password_digest: Option<String>,
    /// Goes to the user.
    pub unsafe_metadata: Value,
    /// When the terms were accepted.
    pub legal_accepted_at: Option<Timestamp>,
    /// Preferred language.
    pub locale: Option<String>,
    /// Whether another provider has said who it is: in place of a password.
    pub is_external: bool,
    /// The user that came of it.
    pub created_user_id: Option<String>,
    /// The session that came of it.
    pub created_session_id: Option<String>,
    /// Its end, where nothing came of it.
    pub abandon_at: Timestamp,
    /// First try.
    pub created_at: Timestamp,
    /// Last change.
    pub updated_at: Timestamp,
}

sql! {
    /// A client's attempt.
    FIND(TEXT, TEXT) = concat!("
        select s.id, s.client_id, s.status, s.email_address, s.phone_number, s.username,
               s.first_name, s.last_name, s.password_digest, s.unsafe_metadata,
               s.legal_accepted_at, s.locale, s.created_user_id, s.created_session_id,
               s.abandon_at, s.created_at, s.updated_at, s.is_external, ",
        verification_json!("s.email_verification_id"), " as email_verification, ",
        verification_json!("s.phone_verification_id"), " as phone_verification
        from idp.sign_ups s where s.id = $1 and s.client_id = $2");
    /// The attempt whose address waits for a verification: its id and its client's.
    FIND_BY_VERIFICATION(TEXT) = "
        select id, client_id from idp.sign_ups where email_verification_id = $1";
    /// A new attempt.
    INSERT(TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, JSONB, TIMESTAMPTZ,
        TEXT, TEXT, TEXT, TIMESTAMPTZ, TIMESTAMPTZ, TIMESTAMPTZ) = "
        insert into idp.sign_ups (id, client_id, status, email_address, email_verification_id,
            phone_number, phone_verification_id, username, first_name, last_name,
            password_digest, unsafe_metadata, legal_accepted_at, locale, created_user_id,
            created_session_id, abandon_at, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
            $19)";
    /// All of an attempt but the id, the client and the times of its limits.
    UPDATE(TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, JSONB, TIMESTAMPTZ, TEXT,
        TEXT, TEXT, TIMESTAMPTZ) = "
        update idp.sign_ups set status = $2, email_address = $3, email_verification_id = $4,
            phone_number = $5, phone_verification_id = $6, username = $7, first_name = $8,
            last_name = $9, password_digest = $10, unsafe_metadata = $11,
            legal_accepted_at = $12, locale = $13, created_user_id = $14,
            created_session_id = $15, updated_at = $16
        where id = $1";
    /// Another provider has said who it is.
    SET_EXTERNAL(TEXT) = "update idp.sign_ups set is_external = true where id = $1";
}

impl SignUp {
    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id"),
            client_id: row.get("client_id"),
            status: row.get("status"),
            email_address: row.get("email_address"),
            email_verification: Verification::read_json(row, "email_verification")?,
            phone_number: row.get("phone_number"),
            phone_verification: Verification::read_json(row, "phone_verification")?,
            username: row.get("username"),
            first_name: row.get("first_name"),
            last_name: row.get("last_name"),
            password_digest: row.get("password_digest"),
            unsafe_metadata: row.get("unsafe_metadata"),
            legal_accepted_at: row.get("legal_accepted_at"),
            locale: row.get("locale"),
            is_external: row.get("is_external"),
            created_user_id: row.get("created_user_id"),
            created_session_id: row.get("created_session_id"),
            abandon_at: row.get("abandon_at"),
            created_at: row.get("created_at"),
            updated_at: row.get("updated_at"),
        })
    }

    fn email_verification_id(&self) -> Option<&String> {
        self.email_verification.as_ref().map(|row| &row.id)
    }

    fn phone_verification_id(&self) -> Option<&String> {
        self.phone_verification.as_ref().map(|row| &row.id)
    }
}

/// An attempt of that client; an id of another client's is not found.
pub async fn find(tx: &mut Tx, id: &str, client_id: &str) -> Result<Option<SignUp>> {
    let row = tx.query_opt(&FIND, &[&id, &client_id]).await?;
    row.as_ref().map(SignUp::read).transpose()
}

/// The attempt whose address waits for that verification.
pub async fn find_by_verification(tx: &mut Tx, id: &str) -> Result<Option<SignUp>> {
    let Some(row) = tx.query_opt(&FIND_BY_VERIFICATION, &[&id]).await? else {
        return Ok(None);
    };
    let (id, client_id): (String, String) = (row.get(0), row.get(1));
    find(tx, &id, &client_id).await
}

/// Stores a new attempt.
pub async fn insert(tx: &mut Tx, sign_up: &SignUp) -> Result<()> {
    tx.execute(
        &INSERT,
        &[
            &sign_up.id,
            &sign_up.client_id,
            &sign_up.status,
            &sign_up.email_address,
            &sign_up.email_verification_id(),
            &sign_up.phone_number,
            &sign_up.phone_verification_id(),
            &sign_up.username,
            &sign_up.first_name,
            &sign_up.last_name,
            &sign_up.password_digest,
            &sign_up.unsafe_metadata,
            &sign_up.legal_accepted_at,
            &sign_up.locale,
            &sign_up.created_user_id,
            &sign_up.created_session_id,
            &sign_up.abandon_at,
            &sign_up.created_at,
            &sign_up.updated_at,
        ],
    )
    .await?;
    Ok(())
}

/// Saves an attempt of a locked client.
pub async fn save(tx: &mut Tx, sign_up: &mut SignUp, now: Timestamp) -> Result<()> {
    sign_up.updated_at = now;
    tx.execute(
        &UPDATE,
        &[
            &sign_up.id,
            &sign_up.status,
            &sign_up.email_address,
            &sign_up.email_verification_id(),
            &sign_up.phone_number,
            &sign_up.phone_verification_id(),
            &sign_up.username,
            &sign_up.first_name,
            &sign_up.last_name,
            &sign_up.password_digest,
            &sign_up.unsafe_metadata,
            &sign_up.legal_accepted_at,
            &sign_up.locale,
            &sign_up.created_user_id,
            &sign_up.created_session_id,
            &sign_up.updated_at,
        ],
    )
    .await?;
    Ok(())
}

/// Notes that another provider has said who it is.
pub async fn set_external(tx: &mut Tx, id: &str) -> Result<()> {
    tx.execute(&SET_EXTERNAL, &[&id]).await?;
    Ok(())
}

//! Attempts to sign up.

use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;
use serde_json::Value;

use super::verifications::Verification;
use crate::error::Result;

/// A row of `idp.sign_ups` with the verification of its address.
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
    FIND(TEXT, TEXT) = "
        select s.id, s.client_id, s.status, s.email_address, s.first_name, s.last_name,
               s.password_digest, s.unsafe_metadata, s.legal_accepted_at, s.locale,
               s.created_user_id, s.created_session_id, s.abandon_at,
               s.created_at, s.updated_at,
               v.id as v_id, v.strategy as v_strategy, v.code_digest as v_code_digest,
               v.attempts as v_attempts, v.expire_at as v_expire_at,
               v.verified_at as v_verified_at, v.created_at as v_created_at
        from idp.sign_ups s left join idp.verifications v on v.id = s.email_verification_id
        where s.id = $1 and s.client_id = $2";
    /// A new attempt.
    INSERT(TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, JSONB, TIMESTAMPTZ, TEXT, TEXT, TEXT,
        TIMESTAMPTZ, TIMESTAMPTZ, TIMESTAMPTZ) = "
        insert into idp.sign_ups (id, client_id, status, email_address, email_verification_id,
            first_name, last_name, password_digest, unsafe_metadata, legal_accepted_at, locale,
            created_user_id, created_session_id, abandon_at, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
    /// All of an attempt but the id, the client and the times of its limits.
    UPDATE(TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, JSONB, TIMESTAMPTZ, TEXT, TEXT, TEXT,
        TIMESTAMPTZ) = "
        update idp.sign_ups set status = $2, email_address = $3, email_verification_id = $4,
            first_name = $5, last_name = $6, password_digest = $7, unsafe_metadata = $8,
            legal_accepted_at = $9, locale = $10, created_user_id = $11,
            created_session_id = $12, updated_at = $13
        where id = $1";
}

impl SignUp {
    fn read(row: &Row) -> Self {
        Self {
            id: row.get("id"),
            client_id: row.get("client_id"),
            status: row.get("status"),
            email_address: row.get("email_address"),
            email_verification: Verification::read_joined(row),
            first_name: row.get("first_name"),
            last_name: row.get("last_name"),
            password_digest: row.get("password_digest"),
            unsafe_metadata: row.get("unsafe_metadata"),
            legal_accepted_at: row.get("legal_accepted_at"),
            locale: row.get("locale"),
            created_user_id: row.get("created_user_id"),
            created_session_id: row.get("created_session_id"),
            abandon_at: row.get("abandon_at"),
            created_at: row.get("created_at"),
            updated_at: row.get("updated_at"),
        }
    }

    fn verification_id(&self) -> Option<&String> {
        self.email_verification
            .as_ref()
            .map(|verification| &verification.id)
    }
}

/// An attempt of that client; an id of another client's is not found.
pub async fn find(tx: &mut Tx, id: &str, client_id: &str) -> Result<Option<SignUp>> {
    Ok(tx
        .query_opt(&FIND, &[&id, &client_id])
        .await?
        .as_ref()
        .map(SignUp::read))
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
            &sign_up.verification_id(),
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
            &sign_up.verification_id(),
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

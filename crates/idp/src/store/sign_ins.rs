//! Attempts to sign in.

use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;

use super::verifications::Verification;
use crate::error::Result;

/// A row of `idp.sign_ins` with the verification of its first factor.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// `sia_…`.
    pub id: String,
    /// The browser that tries.
    pub client_id: String,
    /// The protocol's word.
    pub status: String,
    /// What the person typed.
    pub identifier: Option<String>,
    /// Who it turned out to be.
    pub user_id: Option<String>,
    /// The first factor that is under way or was given.
    pub first_factor_verification: Option<Verification>,
    /// Where its code was sent.
    pub first_factor_email_address_id: Option<String>,
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
        select s.id, s.client_id, s.status, s.identifier, s.user_id,
               s.first_factor_email_address_id, s.created_session_id, s.abandon_at,
               s.created_at, s.updated_at,
               v.id as v_id, v.strategy as v_strategy, v.code_digest as v_code_digest,
               v.attempts as v_attempts, v.expire_at as v_expire_at,
               v.verified_at as v_verified_at, v.created_at as v_created_at
        from idp.sign_ins s
        left join idp.verifications v on v.id = s.first_factor_verification_id
        where s.id = $1 and s.client_id = $2";
    /// A new attempt.
    INSERT(TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TIMESTAMPTZ, TIMESTAMPTZ,
        TIMESTAMPTZ) = "
        insert into idp.sign_ins (id, client_id, status, identifier, user_id,
            first_factor_verification_id, first_factor_email_address_id, created_session_id,
            abandon_at, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    /// What changes in an attempt.
    UPDATE(TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TIMESTAMPTZ) = "
        update idp.sign_ins set status = $2, identifier = $3, user_id = $4,
            first_factor_verification_id = $5, first_factor_email_address_id = $6,
            created_session_id = $7, updated_at = $8
        where id = $1";
}

impl SignIn {
    fn read(row: &Row) -> Self {
        Self {
            id: row.get("id"),
            client_id: row.get("client_id"),
            status: row.get("status"),
            identifier: row.get("identifier"),
            user_id: row.get("user_id"),
            first_factor_verification: Verification::read_joined(row),
            first_factor_email_address_id: row.get("first_factor_email_address_id"),
            created_session_id: row.get("created_session_id"),
            abandon_at: row.get("abandon_at"),
            created_at: row.get("created_at"),
            updated_at: row.get("updated_at"),
        }
    }

    fn verification_id(&self) -> Option<&String> {
        self.first_factor_verification
            .as_ref()
            .map(|verification| &verification.id)
    }
}

/// An attempt of that client; an id of another client's is not found.
pub async fn find(tx: &mut Tx, id: &str, client_id: &str) -> Result<Option<SignIn>> {
    Ok(tx
        .query_opt(&FIND, &[&id, &client_id])
        .await?
        .as_ref()
        .map(SignIn::read))
}

/// Stores a new attempt.
pub async fn insert(tx: &mut Tx, sign_in: &SignIn) -> Result<()> {
    tx.execute(
        &INSERT,
        &[
            &sign_in.id,
            &sign_in.client_id,
            &sign_in.status,
            &sign_in.identifier,
            &sign_in.user_id,
            &sign_in.verification_id(),
            &sign_in.first_factor_email_address_id,
            &sign_in.created_session_id,
            &sign_in.abandon_at,
            &sign_in.created_at,
            &sign_in.updated_at,
        ],
    )
    .await?;
    Ok(())
}

/// Saves an attempt of a locked client.
pub async fn save(tx: &mut Tx, sign_in: &mut SignIn, now: Timestamp) -> Result<()> {
    sign_in.updated_at = now;
    tx.execute(
        &UPDATE,
        &[
            &sign_in.id,
            &sign_in.status,
            &sign_in.identifier,
            &sign_in.user_id,
            &sign_in.verification_id(),
            &sign_in.first_factor_email_address_id,
            &sign_in.created_session_id,
            &sign_in.updated_at,
        ],
    )
    .await?;
    Ok(())
}

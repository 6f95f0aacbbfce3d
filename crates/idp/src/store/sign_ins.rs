//! Attempts to sign in.

use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;

use super::verifications::{Verification, verification_json};
use crate::error::Result;

/// A row of `idp.sign_ins` with the verifications of its factors.
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
    /// Where its code was sent, if that was a phone.
    pub first_factor_phone_number_id: Option<String>,
    /// When the first factor was given.
    pub first_factor_at: Option<Timestamp>,
    /// The second factor that is under way or was given.
    pub second_factor_verification: Option<Verification>,
    /// Where its code was sent.
    pub second_factor_phone_number_id: Option<String>,
    /// The organization that is to be active in the session.
    pub organization_id: Option<String>,
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
        select s.id, s.client_id, s.status, s.identifier, s.user_id,
               s.first_factor_email_address_id, s.first_factor_phone_number_id,
               s.first_factor_at, s.second_factor_phone_number_id, s.organization_id,
               s.created_session_id, s.abandon_at, s.created_at, s.updated_at, ",
        verification_json!("s.first_factor_verification_id"), " as first_factor_verification, ",
        verification_json!("s.second_factor_verification_id"), " as second_factor_verification
        from idp.sign_ins s where s.id = $1 and s.client_id = $2");
    /// The attempt whose first factor is a verification: its id and its client's.
    FIND_BY_VERIFICATION(TEXT) = "
        select id, client_id from idp.sign_ins where first_factor_verification_id = $1";
    /// A new attempt.
    INSERT(TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TIMESTAMPTZ, TIMESTAMPTZ,
        TIMESTAMPTZ) = "
        insert into idp.sign_ins (id, client_id, status, identifier, user_id,
            first_factor_verification_id, first_factor_email_address_id, created_session_id,
            abandon_at, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    /// What changes in an attempt.
    UPDATE(TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TIMESTAMPTZ, TIMESTAMPTZ, TEXT, TEXT,
        TEXT, TEXT) = "
        update idp.sign_ins set status = $2, identifier = $3, user_id = $4,
            first_factor_verification_id = $5, first_factor_email_address_id = $6,
            created_session_id = $7, updated_at = $8, first_factor_at = $9,
            second_factor_verification_id = $10, second_factor_phone_number_id = $11,
            organization_id = $12, first_factor_phone_number_id = $13
        where id = $1";
}

impl SignIn {
    /// An attempt of nobody yet, from a browser that is named when it is stored.
    #[must_use]
    pub fn new(id: String, now: Timestamp, abandon_at: Timestamp) -> Self {
        Self {
            id,
            client_id: String::new(),
            status: "needs_identifier".to_owned(),
            identifier: None,
            user_id: None,
            first_factor_verification: None,
            first_factor_email_address_id: None,
            first_factor_phone_number_id: None,
            first_factor_at: None,
            second_factor_verification: None,
            second_factor_phone_number_id: None,
            organization_id: None,
            created_session_id: None,
            abandon_at,
            created_at: now,
            updated_at: now,
        }
    }

    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id"),
            client_id: row.get("client_id"),
            status: row.get("status"),
            identifier: row.get("identifier"),
            user_id: row.get("user_id"),
            first_factor_verification: Verification::read_json(row, "first_factor_verification")?,
            first_factor_email_address_id: row.get("first_factor_email_address_id"),
            first_factor_phone_number_id: row.get("first_factor_phone_number_id"),
            first_factor_at: row.get("first_factor_at"),
            second_factor_verification: Verification::read_json(row, "second_factor_verification")?,
            second_factor_phone_number_id: row.get("second_factor_phone_number_id"),
            organization_id: row.get("organization_id"),
            created_session_id: row.get("created_session_id"),
            abandon_at: row.get("abandon_at"),
            created_at: row.get("created_at"),
            updated_at: row.get("updated_at"),
        })
    }

    fn verification_id(&self) -> Option<&String> {
        self.first_factor_verification
            .as_ref()
            .map(|verification| &verification.id)
    }
}

/// An attempt of that client; an id of another client's is not found.
pub async fn find(tx: &mut Tx, id: &str, client_id: &str) -> Result<Option<SignIn>> {
    let row = tx.query_opt(&FIND, &[&id, &client_id]).await?;
    row.as_ref().map(SignIn::read).transpose()
}

/// The attempt whose first factor is that verification.
pub async fn find_by_verification(tx: &mut Tx, id: &str) -> Result<Option<SignIn>> {
    let Some(row) = tx.query_opt(&FIND_BY_VERIFICATION, &[&id]).await? else {
        return Ok(None);
    };
    let (id, client_id): (String, String) = (row.get(0), row.get(1));
    find(tx, &id, &client_id).await
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
            &sign_in.first_factor_at,
            &sign_in
                .second_factor_verification
                .as_ref()
                .map(|verification| &verification.id),
            &sign_in.second_factor_phone_number_id,
            &sign_in.organization_id,
            &sign_in.first_factor_phone_number_id,
        ],
    )
    .await?;
    Ok(())
}

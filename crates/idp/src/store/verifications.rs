//! Verifications: what was asked, how often it was answered wrongly, until when.

use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::error::{Error, Result};

/// A row of `idp.verifications`.
#[derive(Clone, Debug, Deserialize)]
pub struct Verification {
    /// `ver_…`.
    pub id: String,
    /// `email_code`, `reset_password_email_code`, `password`, `admin`, …
    pub strategy: String,
    /// Keyed hash of the code that was sent; gone once it was used.
    pub code_digest: Option<String>,
    /// Answers so far.
    pub attempts: i64,
    /// After this, no answer is right.
    pub expire_at: Option<Timestamp>,
    /// When the right answer came.
    pub verified_at: Option<Timestamp>,
    /// The browser that asked, for links.
    pub client_id: Option<String>,
    /// The page that a link in a mail leads to in the end.
    pub redirect_url: Option<String>,
    /// The browser in which a link was followed.
    pub verified_at_client: Option<String>,
    /// When it was asked.
    pub created_at: Timestamp,
}

/// SQL for the verification of an id, as a JSON object or null.
macro_rules! verification_json {
    ($id:literal) => {
        concat!(
            "(select row_to_json(x) from (select v.id, v.strategy, v.code_digest, v.attempts, ",
            "v.expire_at, v.verified_at, v.client_id, v.redirect_url, v.verified_at_client, ",
            "v.created_at ",
            "from idp.verifications v where v.id = ",
            $id,
            ") x)"
        )
    };
}
pub(super) use verification_json;

/// How a verification stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Waits for an answer.
    Unverified,
    /// Answered rightly.
    Verified,
    /// Too many wrong answers.
    Failed,
    /// Its time is over.
    Expired,
}

impl Standing {
    /// The protocol's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unverified => "unverified",
            Self::Verified => "verified",
            Self::Failed => "failed",
            Self::Expired => "expired",
        }
    }
}

impl Verification {
    /// Answers that a verification takes, right and wrong together.
    pub const MAX_ATTEMPTS: i64 = 5;

    /// How it stands at `now`.
    #[must_use]
    pub fn standing(&self, now: Timestamp) -> Standing {
        if self.verified_at.is_some() {
            Standing::Verified
        } else if self.attempts >= Self::MAX_ATTEMPTS {
            Standing::Failed
        } else if self.expire_at.is_some_and(|expire_at| expire_at <= now) {
            Standing::Expired
        } else {
            Standing::Unverified
        }
    }

    fn read(row: &Row) -> Self {
        Self {
            id: row.get("id"),
            strategy: row.get("strategy"),
            code_digest: row.get("code_digest"),
            attempts: row.get("attempts"),
            expire_at: row.get("expire_at"),
            verified_at: row.get("verified_at"),
            client_id: row.get("client_id"),
            redirect_url: row.get("redirect_url"),
            verified_at_client: row.get("verified_at_client"),
            created_at: row.get("created_at"),
        }
    }

    /// Reads what [`verification_json`] made of a column.
    pub(super) fn read_json(row: &Row, column: &str) -> Result<Option<Self>> {
        let value: Option<Value> = row.get(column);
        let unreadable = |error| Error::Internal(format!("a stored verification: {error}"));
        value
            .map(serde_json::from_value)
            .transpose()
            .map_err(unreadable)
    }
}

sql! {
    /// A new verification.
    INSERT(TEXT, TEXT, TEXT, INT8, TIMESTAMPTZ, TIMESTAMPTZ, TEXT, TEXT, TEXT, TIMESTAMPTZ) = "
        insert into idp.verifications (id, strategy, code_digest, attempts, expire_at,
            verified_at, client_id, redirect_url, verified_at_client, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    /// A verification, locked until the transaction's end.
    FIND_LOCKED(TEXT) = "
        select id, strategy, code_digest, attempts, expire_at, verified_at, client_id,
               redirect_url, verified_at_client, created_at
        from idp.verifications where id = $1 for update";
    /// A verification.
    FIND(TEXT) = "
        select id, strategy, code_digest, attempts, expire_at, verified_at, client_id,
               redirect_url, verified_at_client, created_at
        from idp.verifications where id = $1";
    /// Counts an answer; a right one closes the verification and burns its code.
    ANSWER(TEXT, TIMESTAMPTZ) = "
        update idp.verifications set attempts = attempts + 1, verified_at = $2,
            code_digest = case when $2::timestamptz is null then code_digest end
        where id = $1";
    /// Names the address or number that a server sent a code to.
    SET_RECEIVER(TEXT, TEXT) = "
        update idp.verifications set receiver_id = $2 where id = $1";
    /// The address or number that a server sent a code to.
    RECEIVER(TEXT) = "select receiver_id from idp.verifications where id = $1";
    /// A link was followed; its digest stays, so that following it again can be told.
    FOLLOW(TEXT, TIMESTAMPTZ, TEXT) = "
        update idp.verifications set attempts = attempts + 1, verified_at = $2,
            verified_at_client = $3
        where id = $1";
}

/// Stores a new verification.
pub async fn insert(tx: &mut Tx, verification: &Verification) -> Result<()> {
    tx.execute(
        &INSERT,
        &[
            &verification.id,
            &verification.strategy,
            &verification.code_digest,
            &verification.attempts,
            &verification.expire_at,
            &verification.verified_at,
            &verification.client_id,
            &verification.redirect_url,
            &verification.verified_at_client,
            &verification.created_at,
        ],
    )
    .await?;
    Ok(())
}

/// The verification of that id.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<Verification>> {
    Ok(tx
        .query_opt(&FIND, &[&id])
        .await?
        .as_ref()
        .map(Verification::read))
}

/// The verification of that id, locked until the transaction's end.
pub async fn find_locked(tx: &mut Tx, id: &str) -> Result<Option<Verification>> {
    Ok(tx
        .query_opt(&FIND_LOCKED, &[&id])
        .await?
        .as_ref()
        .map(Verification::read))
}

/// Counts an answer; `verified_at` is set where it was the right one.
pub async fn answer(tx: &mut Tx, id: &str, verified_at: Option<Timestamp>) -> Result<()> {
    tx.execute(&ANSWER, &[&id, &verified_at]).await?;
    Ok(())
}

/// Notes that a locked verification's link was followed in a browser.
pub async fn follow(tx: &mut Tx, verification: &mut Verification, at: Timestamp) -> Result<()> {
    verification.verified_at = Some(at);
    verification.attempts += 1;
    tx.execute(
        &FOLLOW,
        &[
            &verification.id,
            &verification.verified_at,
            &verification.verified_at_client,
        ],
    )
    .await?;
    Ok(())
}

/// Names the address or number that a server sent a code to.
pub async fn set_receiver(tx: &mut Tx, id: &str, receiver_id: &str) -> Result<()> {
    tx.execute(&SET_RECEIVER, &[&id, &receiver_id]).await?;
    Ok(())
}

/// The address or number that a server sent a code to.
pub async fn receiver(tx: &mut Tx, id: &str) -> Result<Option<String>> {
    let row = tx.query_opt(&RECEIVER, &[&id]).await?;
    Ok(row.and_then(|row| row.get(0)))
}

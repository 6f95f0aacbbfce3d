//! What is to be done at the provider: decided in a transaction, done outside of any, at least once.

use bailiwick_kernel::id::{IntentId, OrgId, UserId};
use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use crate::{Result, Store};

sql! {
    /// A new intent.
    INSERT(UUID, TEXT, TEXT, JSONB, UUID, UUID, TEXT, TIMESTAMPTZ) = "
        insert into control.outbound_intents (id, subject, kind, payload, organization_id, requested_by, holds,
                                              created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $8)";
    /// What a newer decision replaces: whether there was any, and whether the provider may have heard.
    SUPERSEDE(TEXT, TIMESTAMPTZ) = "
        with replaced as (
          update control.outbound_intents set state = 'superseded', updated_at = $2
          where subject = $1 and state in ('pending', 'failed') returning state, attempts)
        select count(*) > 0, coalesce(bool_or(attempts > 0), false) from replaced";
    /// Takes the oldest open intent of a subject, unless somebody is at the subject.
    CLAIM(TEXT, TIMESTAMPTZ, TIMESTAMPTZ) = "
        update control.outbound_intents i set claimed_until = $3, attempts = attempts + 1, updated_at = $2
        where i.id = (select x.id from control.outbound_intents x
                      where x.subject = $1 and x.state = 'pending' order by x.id limit 1 for update)
          and i.state = 'pending' and (i.claimed_until is null or i.claimed_until <= $2)
          and not exists (select 1 from control.outbound_intents o where o.subject = $1 and o.claimed_until > $2)
        returning i.id, i.subject, i.kind, i.payload, i.organization_id, i.requested_by, i.attempts";
    /// Whether anything of a subject is left to be done.
    IS_OPEN(TEXT) = "
        select exists (select 1 from control.outbound_intents where subject = $1 and state = 'pending')";
    /// An intent at the end of a claim, locked.
    LOCK(UUID) = "
        select state, attempts from control.outbound_intents where id = $1 for update";
    /// The end of an intent. What failed for good and was made undone holds nothing any more.
    SETTLE(UUID, TEXT, TEXT, TIMESTAMPTZ) = "
        update control.outbound_intents set state = $2, error = $3, claimed_until = null, holds = null, updated_at = $4
        where id = $1";
    /// The end of an intent in an organization that it made.
    SETTLE_IN(UUID, UUID, TIMESTAMPTZ) = "
        update control.outbound_intents set state = 'done', organization_id = $2, error = null, claimed_until = null,
               holds = null, updated_at = $3
        where id = $1";
    /// It has failed for good, and goes on holding.
    FAIL_HOLDING(UUID, TEXT, TIMESTAMPTZ) = "
        update control.outbound_intents set state = 'failed', error = $2, claimed_until = null, updated_at = $3
        where id = $1";
    /// The end of a claim: it is to be tried again, or has been replaced meanwhile.
    RELEASE(UUID, INT4, TEXT, TIMESTAMPTZ) = "
        update control.outbound_intents set claimed_until = null, error = $3, updated_at = $4
        where id = $1 and attempts = $2 and claimed_until is not null";
    /// Tried in vain for long: it stays, visible, and goes on holding what it takes away.
    GIVE_UP(TEXT, TEXT, TIMESTAMPTZ) = "
        update control.outbound_intents set state = 'failed', error = $2, claimed_until = null, updated_at = $3,
               holds = case when payload->>'gives' = 'true' and payload->>'unsettles' is distinct from 'true'
                            then null else holds end
        where subject = $1 and state = 'pending'";
    /// What a subject is held to.
    HOLD(TEXT) = "
        select holds from control.outbound_intents
        where subject = $1 and state in ('pending', 'failed') and holds is not null order by id desc limit 1";
    /// How an intent stands.
    FIND(UUID) = "select state, error, organization_id from control.outbound_intents where id = $1";
    /// An intent of one kind that somebody asked for.
    FIND_OF(UUID, UUID, TEXT) = "
        select subject, kind, payload, state, error, organization_id from control.outbound_intents
        where id = $1 and requested_by = $2 and kind = $3";
    /// The intent that a request with this key has asked for.
    FIND_BY_REQUEST(TEXT, TEXT, TEXT, TIMESTAMPTZ) = "
        select id, payload->'request'->>'hash' from control.outbound_intents
        where subject = $1 and kind = $2 and payload->'request'->>'key' = $3 and created_at > $4
        order by created_at limit 1";
    /// The open intents of several subjects, the newest of each.
    LIST_OPEN(TEXT_ARRAY) = "
        select distinct on (subject) subject, kind, payload, state, error, organization_id from control.outbound_intents
        where subject = any($1) and state in ('pending', 'failed') order by subject, id desc limit 1000";
    /// How many of a kind an organization has asked for since.
    COUNT_SINCE(UUID, TEXT, TIMESTAMPTZ) = "
        select count(*), min(created_at) from control.outbound_intents
        where organization_id = $1 and kind = $2 and created_at > $3";
    /// Removes some of what is settled and old.
    PURGE(TIMESTAMPTZ) = "
        delete from control.outbound_intents where id in (
          select id from control.outbound_intents
          where state in ('done', 'superseded') and updated_at <= $1 order by updated_at limit 1000)";
}

/// An intent to be added.
#[derive(Debug, Clone)]
pub struct NewIntent<'a> {
    /// Its id.
    pub id: IntentId,
    /// What it is about: intents of one subject are sent in order.
    pub subject: &'a str,
    /// Which step does it.
    pub kind: &'static str,
    /// What the step needs.
    pub payload: Value,
    /// In which organization.
    pub org: Option<OrgId>,
    /// Who decided it.
    pub requested_by: UserId,
    /// To what events may not bring the subject back meanwhile.
    pub holds: Option<&'a str>,
}

/// An intent on claim.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// Its id.
    pub id: IntentId,
    /// What it is about.
    pub subject: String,
    /// Which step does it.
    pub kind: String,
    /// What the step needs.
    pub payload: Value,
    /// In which organization.
    pub org: Option<OrgId>,
    /// Who decided it.
    pub requested_by: Option<UserId>,
    /// This claim's number, from 1.
    pub attempt: i32,
}

/// How an intent stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// `pending`, `done`, `failed` or `superseded`.
    pub state: String,
    /// What went wrong last.
    pub error: Option<String>,
    /// In which organization.
    pub org: Option<OrgId>,
}

/// An intent with what it is to do.
#[derive(Debug, Clone)]
pub struct Open {
    /// Which step does it.
    pub kind: String,
    /// What the step needs.
    pub payload: Value,
    /// How it stands: `pending` or `failed`.
    pub standing: Standing,
}

/// Adds an intent.
///
/// # Errors
/// The database's.
pub async fn insert(tx: &mut Tx, new: &NewIntent<'_>, now: Timestamp) -> Result<()> {
    let org = new.org.map(OrgId::uuid);
    tx.execute(
        &INSERT,
        &[
            &new.id.uuid(),
            &new.subject,
            &new.kind,
            &new.payload,
            &org,
            &new.requested_by.uuid(),
            &new.holds,
            &now,
        ],
    )
    .await?;
    Ok(())
}

/// What a newer decision replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replaced {
    /// Whether anything was open: then the provider need not have what the mirror says.
    pub any: bool,
    /// Whether the provider may have heard of it.
    pub was_attempted: bool,
}

/// Replaces what is open of a subject.
///
/// # Errors
/// The database's.
pub async fn supersede(tx: &mut Tx, subject: &str, now: Timestamp) -> Result<Replaced> {
    let row = tx.query_one(&SUPERSEDE, &[&subject, &now]).await?;
    Ok(Replaced {
        any: row.try_get(0)?,
        was_attempted: row.try_get(1)?,
    })
}

/// Locks an intent at the end of claim `attempt`; whether it is still to be done, and the claim the
/// newest.
///
/// # Errors
/// The database's.
pub async fn lock_claimed(tx: &mut Tx, claimed: &Claimed) -> Result<bool> {
    let row = tx.query_one(&LOCK, &[&claimed.id.uuid()]).await?;
    let (state, attempt): (String, i32) = (row.try_get(0)?, row.try_get(1)?);
    Ok(state == "pending" && attempt == claimed.attempt)
}

/// Ends an intent in `state`; it holds nothing any more.
///
/// # Errors
/// The database's.
pub async fn settle(
    tx: &mut Tx,
    id: IntentId,
    state: &str,
    error: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    tx.execute(&SETTLE, &[&id.uuid(), &state, &error, &now])
        .await?;
    Ok(())
}

/// Ends an intent that made `org`.
///
/// # Errors
/// The database's.
pub async fn settle_in(tx: &mut Tx, id: IntentId, org: OrgId, now: Timestamp) -> Result<()> {
    tx.execute(&SETTLE_IN, &[&id.uuid(), &org.uuid(), &now])
        .await?;
    Ok(())
}

/// Ends an intent as failed; it goes on holding what it takes away.
///
/// # Errors
/// The database's.
pub async fn fail_holding(tx: &mut Tx, id: IntentId, error: &str, now: Timestamp) -> Result<()> {
    tx.execute(&FAIL_HOLDING, &[&id.uuid(), &error, &now])
        .await?;
    Ok(())
}

/// Whether anything of a subject is left to be done.
///
/// # Errors
/// The database's.
pub async fn is_open(tx: &mut Tx, subject: &str) -> Result<bool> {
    tx.query_one(&IS_OPEN, &[&subject]).await?.try_get(0)
}

/// To what a subject is held.
///
/// # Errors
/// The database's.
pub async fn hold(tx: &mut Tx, subject: &str) -> Result<Option<String>> {
    let row = tx.query_opt(&HOLD, &[&subject]).await?;
    row.map(|row| row.try_get(0)).transpose()
}

/// The intent of a kind that a request with this idempotency key has asked for since, with the hash
/// of that request.
///
/// # Errors
/// The database's.
pub async fn find_by_request(
    tx: &mut Tx,
    subject: &str,
    kind: &str,
    key: &str,
    since: Timestamp,
) -> Result<Option<(IntentId, String)>> {
    let row = tx
        .query_opt(&FIND_BY_REQUEST, &[&subject, &kind, &key, &since])
        .await?;
    row.map(|row| Ok((IntentId::from(row.try_get::<_, Uuid>(0)?), row.try_get(1)?)))
        .transpose()
}

/// How many intents of a kind an organization has asked for since, and when the first of them.
///
/// # Errors
/// The database's.
pub async fn count_since(
    tx: &mut Tx,
    org: OrgId,
    kind: &str,
    since: Timestamp,
) -> Result<(i64, Option<Timestamp>)> {
    let row = tx
        .query_one(&COUNT_SINCE, &[&org.uuid(), &kind, &since])
        .await?;
    Ok((row.try_get(0)?, row.try_get(1)?))
}

impl Store {
    /// Takes the oldest open intent of a subject until `until`; none where there is none, or
    /// somebody is at the subject.
    ///
    /// # Errors
    /// The database's.
    pub async fn claim_intent(
        &self,
        subject: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Claimed>> {
        let row = self
            .pool()
            .query_opt(&CLAIM, &[&subject, &now, &until])
            .await?;
        row.map(claimed).transpose()
    }

    /// Whether anything of a subject is left to be done.
    ///
    /// # Errors
    /// The database's.
    pub async fn has_open_intent(&self, subject: &str) -> Result<bool> {
        self.pool()
            .query_one(&IS_OPEN, &[&subject])
            .await?
            .try_get(0)
    }

    /// Ends a claim without an outcome.
    ///
    /// # Errors
    /// The database's.
    pub async fn release_intent(
        &self,
        claimed: &Claimed,
        error: Option<&str>,
        now: Timestamp,
    ) -> Result<()> {
        self.pool()
            .execute(
                &RELEASE,
                &[&claimed.id.uuid(), &claimed.attempt, &error, &now],
            )
            .await?;
        Ok(())
    }

    /// Gives up what is open of a subject; it goes on holding what it takes away.
    ///
    /// # Errors
    /// The database's.
    pub async fn give_up_intents(&self, subject: &str, error: &str, now: Timestamp) -> Result<u64> {
        self.pool()
            .execute(&GIVE_UP, &[&subject, &error, &now])
            .await
    }

    /// How an intent stands.
    ///
    /// # Errors
    /// The database's.
    pub async fn find_intent(&self, id: IntentId) -> Result<Option<Standing>> {
        let row = self.pool().query_opt(&FIND, &[&id.uuid()]).await?;
        row.map(|row| {
            Ok(Standing {
                state: row.try_get(0)?,
                error: row.try_get(1)?,
                org: row.try_get::<_, Option<Uuid>>(2)?.map(OrgId::from),
            })
        })
        .transpose()
    }

    /// The newest open intent of each of these subjects, a page of them at most.
    ///
    /// # Errors
    /// The database's.
    pub async fn open_intents(&self, subjects: &[String]) -> Result<Vec<(String, Open)>> {
        let rows = self.pool().query(&LIST_OPEN, &[&subjects]).await?;
        rows.into_iter()
            .map(|row| Ok((row.try_get(0)?, open(&row)?)))
            .collect()
    }

    /// The intent `id` where `user` has asked for it and it is of this kind, open or not.
    ///
    /// # Errors
    /// The database's.
    pub async fn find_intent_of(
        &self,
        id: IntentId,
        user: UserId,
        kind: &str,
    ) -> Result<Option<Open>> {
        let row = self
            .pool()
            .query_opt(&FIND_OF, &[&id.uuid(), &user.uuid(), &kind])
            .await?;
        row.map(|row| open(&row)).transpose()
    }

    /// Removes a bite of what was settled before `before`.
    ///
    /// # Errors
    /// The database's.
    pub async fn purge_intents(&self, before: Timestamp) -> Result<u64> {
        self.pool().execute(&PURGE, &[&before]).await
    }
}

fn open(row: &Row) -> Result<Open> {
    Ok(Open {
        kind: row.try_get(1)?,
        payload: row.try_get(2)?,
        standing: Standing {
            state: row.try_get(3)?,
            error: row.try_get(4)?,
            org: row.try_get::<_, Option<Uuid>>(5)?.map(OrgId::from),
        },
    })
}

fn claimed(row: Row) -> Result<Claimed> {
    Ok(Claimed {
        id: IntentId::from(row.try_get::<_, Uuid>(0)?),
        subject: row.try_get(1)?,
        kind: row.try_get(2)?,
        payload: row.try_get(3)?,
        org: row.try_get::<_, Option<Uuid>>(4)?.map(OrgId::from),
        requested_by: row.try_get::<_, Option<Uuid>>(5)?.map(UserId::from),
        attempt: row.try_get(6)?,
    })
}

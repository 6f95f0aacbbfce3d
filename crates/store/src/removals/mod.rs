//! The end of organizations: where a removal stands, what it removed, and its certificate.
//!
//! Whoever works on a removal holds its row for a time and says so again with each batch, in the
//! batch's own transaction: what is counted was removed, once.

pub mod control;
pub mod rows;
pub mod scan;

use std::collections::BTreeMap;

use bailiwick_kernel::id::OrgId;
use bailiwick_pg::{Row, Schema, Tx, sql};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::audit::Mac;
use crate::{Error, Result, Store};

/// Who works on a removal is taken for dead after so long without a sign.
pub const HOLD: SignedDuration = SignedDuration::from_secs(60);

sql! {
    /// Organizations that were deleted by `$1` and whose removal has not begun, the oldest first.
    LIST_DUE(TIMESTAMPTZ, INT8) = "
        select o.id from control.organizations o
        where o.deleted_at <= $1
          and not exists (select 1 from control.removals r where r.organization_id = o.id)
        order by o.deleted_at limit $2";
    /// Removals that nobody works on.
    LIST_IDLE(TIMESTAMPTZ, INT8) = "
        select organization_id from control.removals
        where step <> 'DONE' and (held_until is null or held_until < $1)
        order by updated_at limit $2";
    /// What is to be removed: an organization that was deleted, and its home.
    SUBJECT(UUID) = "
        select o.clerk_org_id, o.slug, o.tier, p.schema_name, o.deleted_at
        from control.organizations o left join control.placements p on p.organization_id = o.id
        where o.id = $1 and o.deleted_at is not null for update of o";
    /// It begins. Nothing happens where it has begun.
    BEGIN(UUID, TEXT, TEXT, TEXT, TEXT, TEXT, TIMESTAMPTZ, TIMESTAMPTZ) = "
        insert into control.removals (organization_id, clerk_org_id, slug, tier, schema_name, reason,
                                      deleted_at, started_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $8) on conflict (organization_id) do nothing";
    /// One removal.
    FIND(UUID) = "
        select organization_id, clerk_org_id, slug, tier, schema_name, reason, step, position, counts,
               deleted_at, started_at, finished_at, certificate, key_id, mac
        from control.removals where organization_id = $1";
    /// The one of an organization by its id, the provider's, or its last slug; the newest.
    LOOK_UP(TEXT) = "
        select organization_id, clerk_org_id, slug, tier, schema_name, reason, step, position, counts,
               deleted_at, started_at, finished_at, certificate, key_id, mac
        from control.removals where organization_id::text = $1 or clerk_org_id = $1 or slug = $1
        order by started_at desc, organization_id limit 1";
    /// Takes it, where nobody else has it.
    HOLD_IT(UUID, TIMESTAMPTZ, TIMESTAMPTZ) = "
        update control.removals set held_until = $3
        where organization_id = $1 and step <> 'DONE' and (held_until is null or held_until < $2)";
    /// Lets it go.
    RELEASE(UUID) = "update control.removals set held_until = null where organization_id = $1 and step <> 'DONE'";
    /// One batch: only at this step, and only whoever is first.
    LOCK_AT(UUID, TEXT) = "
        select position from control.removals where organization_id = $1 and step = $2 for update";
    /// So many more of something are gone, and how far the step has come.
    NOTE(UUID, TEXT, INT8, TEXT, TIMESTAMPTZ, TIMESTAMPTZ) = "
        update control.removals set position = $4, updated_at = $5, held_until = $6,
               counts = case when $3::bigint = 0 then counts else
                 counts || jsonb_build_object($2::text, coalesce((counts ->> $2)::bigint, 0) + $3) end
        where organization_id = $1";
    /// The next step.
    STEP(UUID, TEXT, TEXT, TIMESTAMPTZ, TIMESTAMPTZ) = "
        update control.removals set step = $3, position = null, updated_at = $4, held_until = $5
        where organization_id = $1 and step = $2";
    /// What is certified.
    CERTIFY(UUID, TEXT, TEXT, BYTEA, TIMESTAMPTZ) = "
        update control.removals set certificate = $2, key_id = $3, mac = $4, finished_at = $5, updated_at = $5
        where organization_id = $1 and step = 'CERTIFY' and certificate is null";
}

/// Where a removal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// The tenant's rows, and then its home.
    Rows,
    /// A schema of its own.
    Schema,
    /// Its objects.
    Objects,
    /// Its facts.
    Audit,
    /// What `control` has of it.
    Control,
    /// The proof that nothing is left, and the certificate.
    Certify,
    /// It is over.
    Done,
}

impl Step {
    /// In their order.
    pub const ALL: [Self; 7] = [
        Self::Rows,
        Self::Schema,
        Self::Objects,
        Self::Audit,
        Self::Control,
        Self::Certify,
        Self::Done,
    ];

    /// As it is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rows => "ROWS",
            Self::Schema => "SCHEMA",
            Self::Objects => "OBJECTS",
            Self::Audit => "AUDIT",
            Self::Control => "CONTROL",
            Self::Certify => "CERTIFY",
            Self::Done => "DONE",
        }
    }
}

/// The certificate, as it was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// What is certified, in the form that the signature is of.
    pub text: String,
    /// The signature.
    pub mac: Mac,
}

/// A removal.
#[derive(Debug, Clone)]
pub struct Removal {
    /// The organization.
    pub org: OrgId,
    /// The provider's id of it.
    pub clerk_org_id: String,
    /// Its last slug.
    pub slug: String,
    /// `starter` or `pro`.
    pub tier: String,
    /// Where its rows were; none where it never had a home.
    pub schema: Option<Schema>,
    /// Why.
    pub reason: String,
    /// Where it stands.
    pub step: Step,
    /// How far the step has come.
    pub position: Option<String>,
    /// What was removed so far: rows by table, and `objects`, `object_bytes`, `facts`.
    pub counts: BTreeMap<String, i64>,
    /// When access to it ended.
    pub deleted_at: Timestamp,
    /// When the removal began.
    pub started_at: Timestamp,
    /// When it was certified.
    pub finished_at: Option<Timestamp>,
    /// The certificate.
    pub certificate: Option<Signed>,
}

impl Store {
    /// Organizations that were deleted by `until` and whose removal has not begun.
    ///
    /// # Errors
    /// The database's.
    pub async fn due_removals(&self, until: Timestamp, limit: i64) -> Result<Vec<OrgId>> {
        let rows = self.pool().query(&LIST_DUE, &[&until, &limit]).await?;
        ids(&rows)
    }

    /// Removals that have begun and that nobody works on.
    ///
    /// # Errors
    /// The database's.
    pub async fn idle_removals(&self, now: Timestamp, limit: i64) -> Result<Vec<OrgId>> {
        let rows = self.pool().query(&LIST_IDLE, &[&now, &limit]).await?;
        ids(&rows)
    }

    /// A removal.
    ///
    /// # Errors
    /// The database's.
    pub async fn find_removal(&self, org: OrgId) -> Result<Option<Removal>> {
        let row = self.pool().query_opt(&FIND, &[&org.uuid()]).await?;
        row.as_ref().map(decode).transpose()
    }

    /// The removal of the organization with this id, provider's id or last slug.
    ///
    /// # Errors
    /// The database's.
    pub async fn look_up_removal(&self, name: &str) -> Result<Option<Removal>> {
        let row = self.pool().query_opt(&LOOK_UP, &[&name]).await?;
        row.as_ref().map(decode).transpose()
    }

    /// Takes a removal that nobody works on; `false` where somebody does, or it is over.
    ///
    /// # Errors
    /// The database's.
    pub async fn hold_removal(&self, org: OrgId, now: Timestamp) -> Result<bool> {
        let until = now + HOLD;
        let taken = self
            .pool()
            .execute(&HOLD_IT, &[&org.uuid(), &now, &until])
            .await?;
        Ok(taken == 1)
    }

    /// Lets a removal go.
    ///
    /// # Errors
    /// The database's.
    pub async fn release_removal(&self, org: OrgId) -> Result<()> {
        self.pool().execute(&RELEASE, &[&org.uuid()]).await?;
        Ok(())
    }
}

/// Begins the removal of an organization that was deleted; `false` where it is none, or has begun.
///
/// # Errors
/// The database's.
pub async fn begin(tx: &mut Tx, org: OrgId, reason: &str, now: Timestamp) -> Result<bool> {
    let Some(row) = tx.query_opt(&SUBJECT, &[&org.uuid()]).await? else {
        return Ok(false);
    };
    let (clerk_org_id, slug, tier): (String, String, String) =
        (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
    let schema: Option<String> = row.try_get(3)?;
    let deleted_at: Timestamp = row.try_get(4)?;
    let begun = tx
        .execute(
            &BEGIN,
            &[
                &org.uuid(),
                &clerk_org_id,
                &slug,
                &tier,
                &schema,
                &reason,
                &deleted_at,
                &now,
            ],
        )
        .await?;
    Ok(begun == 1)
}

/// Locks a removal that is at `step`; none where it is at another. Answers its position.
///
/// # Errors
/// The database's.
pub async fn lock_at(tx: &mut Tx, org: OrgId, step: Step) -> Result<Option<Option<String>>> {
    let row = tx
        .query_opt(&LOCK_AT, &[&org.uuid(), &step.as_str()])
        .await?;
    row.map(|row| row.try_get(0)).transpose()
}

/// Notes that `count` more of `what` are gone, and how far the step has come.
///
/// # Errors
/// The database's.
pub async fn note(
    tx: &mut Tx,
    org: OrgId,
    (what, count): (&str, i64),
    position: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    let until = now + HOLD;
    tx.execute(
        &NOTE,
        &[&org.uuid(), &what, &count, &position, &now, &until],
    )
    .await?;
    Ok(())
}

/// Goes on from one step to another.
///
/// # Errors
/// The database's.
pub async fn step(tx: &mut Tx, org: OrgId, from: Step, to: Step, now: Timestamp) -> Result<()> {
    let until = now + HOLD;
    let (from, to) = (from.as_str(), to.as_str());
    tx.execute(&STEP, &[&org.uuid(), &from, &to, &now, &until])
        .await?;
    Ok(())
}

/// Keeps the certificate. Nothing happens where there is one.
///
/// # Errors
/// The database's.
pub async fn certify(tx: &mut Tx, org: OrgId, signed: &Signed, now: Timestamp) -> Result<()> {
    let Signed { text, mac } = signed;
    tx.execute(
        &CERTIFY,
        &[&org.uuid(), &text, &mac.key_id, &mac.bytes, &now],
    )
    .await?;
    Ok(())
}

fn ids(rows: &[Row]) -> Result<Vec<OrgId>> {
    let id = |row: &Row| Ok(OrgId::from(row.try_get::<_, Uuid>(0)?));
    rows.iter().map(id).collect()
}

fn decode(row: &Row) -> Result<Removal> {
    let inconsistent = |what: &dyn std::fmt::Display| Error::Config(format!("a removal: {what}"));
    let schema: Option<String> = row.try_get(4)?;
    let schema = schema.map(|name| Schema::new(&name).map_err(|e| inconsistent(&e)));
    let step: String = row.try_get(6)?;
    let step = Step::ALL.into_iter().find(|known| known.as_str() == step);
    let counts = serde_json::from_value(row.try_get(8)?).map_err(|e| inconsistent(&e))?;
    let text: Option<String> = row.try_get(12)?;
    let certificate = match text {
        Some(text) => Some(Signed {
            text,
            mac: Mac {
                key_id: row.try_get(13)?,
                bytes: row.try_get(14)?,
            },
        }),
        None => None,
    };
    Ok(Removal {
        org: OrgId::from(row.try_get::<_, Uuid>(0)?),
        clerk_org_id: row.try_get(1)?,
        slug: row.try_get(2)?,
        tier: row.try_get(3)?,
        schema: schema.transpose()?,
        reason: row.try_get(5)?,
        step: step.ok_or_else(|| inconsistent(&"no such step"))?,
        position: row.try_get(7)?,
        counts,
        deleted_at: row.try_get(9)?,
        started_at: row.try_get(10)?,
        finished_at: row.try_get(11)?,
        certificate,
    })
}

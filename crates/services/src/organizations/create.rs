//! A new organization: at the provider first, then here; its creator owns it.

use std::time::Duration;

use bailiwick_kernel::id::{IntentId, OrgId};
use bailiwick_kernel::{Code, PlatformRole, Problem};
use bailiwick_pg::Tx;
use bailiwick_store::audit::Fact;
use bailiwick_store::intents::NewIntent;
use bailiwick_store::organizations::Details;
use bailiwick_store::tombstones::{self, Kind};
use bailiwick_store::{intents, memberships};
use serde_json::json;
use uuid::Uuid;

use super::{OrganizationAndPermissions, with_permissions};
use crate::app::OrgCreation;
use crate::idempotency::{self, IdempotencyKey};
use crate::intents::{Create, Progress, Request, Step as _, add, after_grace, send_now, subject};
use crate::{Caller, Error, Result};

/// How often the second of two first visits looks whether the first is done, and between two looks.
const LOOKS: usize = 60;
const PAUSE: Duration = Duration::from_millis(100);

/// What an organization is to be.
#[derive(Debug, Clone)]
pub struct NewOrganization {
    /// Its name.
    pub name: String,
    /// Its place in URLs; the provider makes one up where there is none.
    pub slug: Option<String>,
    /// What is kept here alone.
    pub details: Details,
}

/// What became of it.
#[derive(Debug)]
pub enum Creation {
    /// It is there.
    Made(Box<OrganizationAndPermissions>),
    /// The provider could not be reached; it is made as soon as it can. [`find_creation`] says how
    /// that goes.
    Pending(Begun),
}

/// Makes an organization of the caller's.
///
/// # Errors
/// `ORG_CREATION_DISABLED` where operators alone make them; `CONFLICT` for who is in one, where
/// people are in one at most; `IDEMPOTENCY_MISMATCH`; what the provider refuses.
pub async fn create(
    caller: &Caller,
    new: &NewOrganization,
    key: Option<&IdempotencyKey>,
) -> Result<Creation> {
    caller.in_person()?;
    let rules = caller.app.settings();
    let is_operator = caller.platform_role() != PlatformRole::None;
    if rules.org_creation == OrgCreation::PlatformAdmin && !is_operator {
        return Err(Problem::new(Code::OrgCreationDisabled).into());
    }
    check_details(caller, &new.details)?;
    let mut tx = begin(caller).await?;
    if let Some(first) = repeated(caller, &mut tx, key).await? {
        tx.commit().await?;
        return answer(caller, first).await;
    }
    if rules.single_org_membership && is_member(&mut tx, caller).await? {
        let detail = "You are a member of an organization already.";
        return Err(Problem::conflict().detail(detail).into());
    }
    let id = insert(caller, &mut tx, (new, false), key).await?;
    tx.commit().await?;
    answer(caller, id).await
}

/// What an earlier request with the key has begun. Keys are the tenant's elsewhere; here there is
/// none yet, so the intent has the key, and whoever makes organizations for the caller the lock.
async fn repeated(
    caller: &Caller,
    tx: &mut Tx,
    key: Option<&IdempotencyKey>,
) -> Result<Option<IntentId>> {
    let Some(key) = key else { return Ok(None) };
    let subject = subject::organizations_of(caller.user());
    let since = caller.app.env().now() - idempotency::TTL;
    let first = intents::find_by_request(tx, &subject, Create::KIND, &key.key, since).await?;
    match first {
        None => Ok(None),
        Some((id, hash)) if hash == hex::encode(key.request_hash) => Ok(Some(id)),
        Some(_) => Err(Problem::new(Code::IdempotencyMismatch).into()),
    }
}

/// The organization of a first visit, once however many visits there are at once: who is second
/// finds what the first has begun.
pub(crate) async fn create_first(
    caller: &Caller,
    new: &NewOrganization,
    is_personal: bool,
) -> Result<()> {
    let subject = subject::organizations_of(caller.user());
    let mut tx = begin(caller).await?;
    if is_member(&mut tx, caller).await? {
        return Ok(tx.commit().await?);
    }
    if intents::is_open(&mut tx, &subject).await? {
        tx.commit().await?;
        return wait(caller, &subject).await;
    }
    let id = insert(caller, &mut tx, (new, is_personal), None).await?;
    tx.commit().await?;
    match send_now(&caller.app, &subject, id).await? {
        (Progress::Done, _) => Ok(()),
        (Progress::Pending, _) => Err(Problem::unavailable(2).into()),
        (Progress::Failed, error) => Err(refusal(error.as_deref()).into()),
    }
}

/// Whoever is at it ends it; where nobody is, we do.
async fn wait(caller: &Caller, subject: &str) -> Result<()> {
    for _ in 0..LOOKS {
        match crate::intents::send(&caller.app, subject).await {
            Err(Error::Problem(_)) => tokio::time::sleep(PAUSE).await,
            other => return other,
        }
    }
    Err(Problem::unavailable(2).into())
}

/// A transaction in which nobody else makes an organization for the caller.
async fn begin(caller: &Caller) -> Result<Tx> {
    let mut tx = caller.app.store().control().await?;
    tombstones::lock(&mut tx, Kind::User, &caller.claims.user_id).await?;
    Ok(tx)
}

async fn is_member(tx: &mut Tx, caller: &Caller) -> Result<bool> {
    let nowhere = OrgId::from(Uuid::nil());
    Ok(memberships::is_elsewhere(tx, caller.user(), nowhere).await?)
}

async fn insert(
    caller: &Caller,
    tx: &mut Tx,
    (new, is_personal): (&NewOrganization, bool),
    key: Option<&IdempotencyKey>,
) -> Result<IntentId> {
    let app = &caller.app;
    let id = IntentId::from(app.env().uuid());
    let create = Create {
        clerk_user_id: caller.claims.user_id.clone(),
        name: new.name.clone(),
        slug: new.slug.clone(),
        details: new.details.clone(),
        is_personal,
        request: key.map(|key| Request {
            key: key.key.clone(),
            hash: hex::encode(key.request_hash),
        }),
    };
    let subject = subject::organizations_of(caller.user());
    let intent = NewIntent {
        id,
        subject: &subject,
        kind: Create::KIND,
        payload: create.payload(),
        org: None,
        requested_by: caller.user(),
        holds: None,
    };
    add(app, tx, &intent, after_grace(app)).await?;
    let object = id.to_string();
    let fact = Fact {
        after: Some(json!({"name": new.name, "slug": new.slug})),
        ..caller.fact(app.env().now(), "organizations.create", ("intent", &object))
    };
    app.store().record(tx, &fact).await?;
    Ok(id)
}

async fn answer(caller: &Caller, id: IntentId) -> Result<Creation> {
    let app = &caller.app;
    let subject = subject::organizations_of(caller.user());
    match send_now(app, &subject, id).await? {
        (Progress::Pending, _) => {
            return Ok(Creation::Pending(find_creation(caller, id).await?));
        }
        (Progress::Failed, error) => return Err(refusal(error.as_deref()).into()),
        (Progress::Done, _) => {}
    }
    app.wake_worker();
    let org = app.store().find_intent(id).await?.and_then(|s| s.org);
    let found = match org {
        Some(org) => {
            let now = app.env().now();
            app.store()
                .find_organization(caller.user(), org, now)
                .await?
        }
        None => None,
    };
    let found = found.ok_or_else(Problem::not_found)?;
    Ok(Creation::Made(Box::new(with_permissions(caller, found)?)))
}

/// An organization that the caller has begun to make.
#[derive(Debug, Clone)]
pub struct Begun {
    /// By which it is asked for.
    pub id: IntentId,
    /// What it is to be called.
    pub name: String,
    /// How far it is.
    pub progress: Progress,
    /// What the provider said last, where it refused or was not there: a code.
    pub error: Option<String>,
    /// The organization, once it is there.
    pub org: Option<OrgId>,
}

/// How the making of an organization stands that the caller has begun.
///
/// # Errors
/// `NOT_FOUND` for what others have begun, and for what was over thirty days ago.
pub async fn find_creation(caller: &Caller, id: IntentId) -> Result<Begun> {
    let store = caller.app.store();
    let found = store.find_intent_of(id, caller.user(), Create::KIND);
    let found = found.await?.ok_or_else(Problem::not_found)?;
    let create: Create = serde_json::from_value(found.payload)
        .map_err(|error| Error::Inconsistent(format!("an intent's payload: {error}")))?;
    Ok(Begun {
        id,
        name: create.name,
        progress: Progress::of(Some(&found.standing)),
        error: found.standing.error,
        org: found.standing.org,
    })
}

/// The provider's refusal in our words.
pub(super) fn refusal(code: Option<&str>) -> Problem {
    match code {
        Some("form_identifier_exists" | "organization_slug_taken" | "duplicate_record") => {
            Problem::new(Code::ConflictAlreadyExists).detail("The slug is taken.")
        }
        Some("form_param_format_invalid" | "form_param_value_invalid") => {
            Problem::invalid("slug", "is not accepted by the identity provider")
        }
        Some("organization_creation_limit_exceeded" | "organization_quota_exceeded") => {
            Problem::new(Code::PlanLimitExceeded)
        }
        _ => Problem::conflict().detail("The identity provider refused it."),
    }
}

/// Refuses a kind of company that the installation does not know.
pub(super) fn check_details(caller: &Caller, details: &Details) -> Result<()> {
    let known = &caller.app.settings().org_types;
    match details.org_type.as_deref() {
        Some(word) if !known.is_empty() && !word.is_empty() && !known.iter().any(|k| k == word) => {
            let message = format!("must be one of {}", known.join(", "));
            Err(Problem::invalid("type", message).into())
        }
        _ => Ok(()),
    }
}

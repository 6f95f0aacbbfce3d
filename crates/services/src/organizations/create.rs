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
use crate::intents::{Create, Progress, Step as _, add, after_grace, send_now, subject};
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
    /// The provider could not be reached; it is made as soon as it can.
    Pending,
}

/// Makes an organization of the caller's.
///
/// # Errors
/// `ORG_CREATION_DISABLED` where operators alone make them; `CONFLICT` for who is in one, where
/// people are in one at most; what the provider refuses.
pub async fn create(caller: &Caller, new: &NewOrganization) -> Result<Creation> {
    caller.in_person()?;
    let rules = caller.app.settings();
    let is_operator = caller.platform_role() != PlatformRole::None;
    if rules.org_creation == OrgCreation::PlatformAdmin && !is_operator {
        return Err(Problem::new(Code::OrgCreationDisabled).into());
    }
    check_details(caller, &new.details)?;
    let mut tx = begin(caller).await?;
    if rules.single_org_membership && is_member(&mut tx, caller).await? {
        let detail = "You are a member of an organization already.";
        return Err(Problem::conflict().detail(detail).into());
    }
    let id = insert(caller, &mut tx, new, false).await?;
    tx.commit().await?;
    answer(caller, id).await
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
    let id = insert(caller, &mut tx, new, is_personal).await?;
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
    new: &NewOrganization,
    is_personal: bool,
) -> Result<IntentId> {
    let app = &caller.app;
    let id = IntentId::from(app.env().uuid());
    let create = Create {
        clerk_user_id: caller.claims.user_id.clone(),
        name: new.name.clone(),
        slug: new.slug.clone(),
        details: new.details.clone(),
        is_personal,
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
        (Progress::Pending, _) => return Ok(Creation::Pending),
        (Progress::Failed, error) => return Err(refusal(error.as_deref()).into()),
        (Progress::Done, _) => {}
    }
    app.wake_worker();
    let org = app.store().find_intent(id).await?.and_then(|s| s.org);
    let found = match org {
        Some(org) => app.store().find_organization(caller.user(), org).await?,
        None => None,
    };
    let found = found.ok_or_else(Problem::not_found)?;
    Ok(Creation::Made(Box::new(with_permissions(caller, found)?)))
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

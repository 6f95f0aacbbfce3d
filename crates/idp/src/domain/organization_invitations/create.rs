//! Invitations to organizations, made.

use std::collections::{HashMap, HashSet};

use bailiwick_pg::Tx;
use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Map, Value, json};

use super::{emit, inviters, link};
use crate::domain::{memberships, messages, organizations, roles};
use crate::error::{Error, Refusal, Result};
use crate::ids;
use crate::instance::Idp;
use crate::mail::{self, Mail};
use crate::model::user::Person;
use crate::store::organization_invitations::{self as rows, OrganizationInvitation};
use crate::store::{self, users};

/// Most invitations that are made at once.
pub const MAX_BULK: usize = 50;

/// What somebody asks for.
#[derive(Clone, Debug)]
pub struct NewInvitation {
    /// Whom; an address that mail can be sent to.
    pub email_address: String,
    /// A role's key.
    pub role: String,
    /// Who invites.
    pub inviter_id: Option<String>,
    /// Where the link leads in the end; one of the application's own addresses.
    pub redirect_url: Option<String>,
    /// Readable by the invited.
    pub public_metadata: Value,
    /// For servers alone.
    pub private_metadata: Value,
    /// Days until its end; none for the instance's setting.
    pub expires_in_days: Option<u16>,
    /// Whether a mail is sent.
    pub notify: bool,
}

impl NewInvitation {
    /// An invitation with a mail and nothing else.
    #[must_use]
    pub fn plain(email_address: String, role: String, inviter_id: Option<String>) -> Self {
        Self {
            email_address,
            role,
            inviter_id,
            redirect_url: None,
            public_metadata: Value::Object(Map::new()),
            private_metadata: Value::Object(Map::new()),
            expires_in_days: None,
            notify: true,
        }
    }
}

/// Invites to an organization, all or nobody, and says so. The mails are to be sent after the
/// commit. Refused: an unknown organization or role, an address that is invited already or
/// belongs to a member, more people than the organization may have.
pub async fn create(
    idp: &Idp,
    tx: &mut Tx,
    organization_id: &str,
    wanted: Vec<NewInvitation>,
) -> Result<(Vec<OrganizationInvitation>, Vec<Mail>)> {
    let now = store::now(idp.env());
    let organization = organizations::get_locked(tx, organization_id).await?;
    let addresses: Vec<String> = wanted
        .iter()
        .map(|new| new.email_address.to_lowercase())
        .collect();
    rows::expire(tx, organization_id, &addresses, now).await?;
    check_bound(tx, &organization, wanted.len(), now).await?;
    refuse_members(tx, organization_id, &wanted).await?;
    if addresses.iter().collect::<HashSet<_>>().len() < addresses.len() {
        return Err(duplicate(&wanted).into());
    }
    let settings = idp.settings();
    let mut made = Vec::with_capacity(wanted.len());
    let mut notified = Vec::new();
    for new in wanted {
        let role = roles::of_organization(tx, &organization, &new.role).await?;
        let days = new
            .expires_in_days
            .unwrap_or(settings.organizations.invitations_expire_in_days);
        let age = SignedDuration::from_hours(24 * i64::from(days));
        let invitation = OrganizationInvitation {
            id: ids::new(idp.env(), ids::Kind::OrganizationInvitation),
            organization: organization.clone(),
            email_address: new.email_address.clone(),
            role: role.key,
            role_name: role.name,
            inviter_id: new.inviter_id.clone(),
            domain_id: None,
            user_id: None,
            status: "pending".to_owned(),
            redirect_url: new.redirect_url.clone(),
            public_metadata: new.public_metadata.clone(),
            private_metadata: new.private_metadata.clone(),
            expires_at: Some(now.saturating_add(age).unwrap_or(now)),
            created_at: now,
            updated_at: now,
        };
        rows::insert(tx, &invitation)
            .await
            .map_err(|error| match &error {
                Error::Database(database)
                    if database.constraint() == Some("organization_invitations_pending") =>
                {
                    duplicate(std::slice::from_ref(&new)).into()
                }
                _ => error,
            })?;
        if new.notify {
            notified.push(made.len());
        }
        made.push(invitation);
    }
    let inviters = inviters(tx, &made).await?;
    for invitation in &made {
        emit(
            idp,
            tx,
            "organizationInvitation.created",
            invitation,
            &inviters,
        )
        .await?;
    }
    let mut mails = Vec::with_capacity(notified.len());
    for index in notified {
        mails.extend(message(idp, tx, &made[index], &inviters).await?);
    }
    Ok((made, mails))
}

/// The mail of an invitation, counted for its mailbox.
async fn message(
    idp: &Idp,
    tx: &mut Tx,
    invitation: &OrganizationInvitation,
    inviters: &HashMap<String, Person>,
) -> Result<Option<Mail>> {
    let Some(url) = link(idp, invitation)? else {
        return Ok(None);
    };
    idp.limits().mail(&invitation.email_address)?;
    let inviter = invitation
        .inviter_id
        .as_ref()
        .and_then(|id| inviters.get(id));
    let name = inviter.map(Person::display_name);
    let mail = mail::organization_invitation(
        &idp.config().application_name,
        &idp.config().home_url,
        &invitation.email_address,
        &mail::Invited {
            organization: &invitation.organization.name,
            inviter: name.as_deref(),
            url: &url,
        },
    );
    Ok(Some(messages::written(idp, tx, mail).await?))
}

/// Members and invited together must stay within the organization's bound.
async fn check_bound(
    tx: &mut Tx,
    organization: &store::organizations::Organization,
    wanted: usize,
    now: jiff::Timestamp,
) -> Result<()> {
    let bound = organization.max_allowed_memberships;
    let open = rows::count_open(tx, &organization.id, now).await?;
    let wanted = i64::try_from(wanted).unwrap_or(i64::MAX);
    if bound == 0
        || organization
            .members_count
            .saturating_add(open)
            .saturating_add(wanted)
            <= bound
    {
        return Ok(());
    }
    Err(memberships::quota_exceeded(bound).into())
}

async fn refuse_members(
    tx: &mut Tx,
    organization_id: &str,
    wanted: &[NewInvitation],
) -> Result<()> {
    let mut members = Vec::new();
    for new in wanted {
        if let Some((user_id, _)) = users::find_by_email(tx, &new.email_address).await?
            && store::memberships::find(tx, organization_id, &user_id)
                .await?
                .is_some()
        {
            members.push(new.email_address.as_str());
        }
    }
    if members.is_empty() {
        return Ok(());
    }
    let text = format!(
        "{} is already a member of the organization.",
        members.join(", ")
    );
    let code = "already_a_member_in_organization";
    Err(Refusal::new(StatusCode::BAD_REQUEST, code, text)
        .param("email_address")
        .meta("email_addresses", json!(members))
        .into())
}

fn duplicate(wanted: &[NewInvitation]) -> Refusal {
    let addresses: Vec<&str> = wanted
        .iter()
        .map(|new| new.email_address.as_str())
        .collect();
    let text = format!(
        "There is a pending invitation for {} already.",
        addresses.join(", ")
    );
    Refusal::new(StatusCode::BAD_REQUEST, "duplicate_record", text)
        .param("email_address")
        .meta("email_addresses", json!(addresses))
}

//! What the provider does when it is told to: as the real one does it, with the events that it would
//! send, which wait until a test delivers them.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::{Known, Provider, found, refusal};
use crate::fixtures::{self, text};

/// What administrators have at the provider; one of them always remains.
const ADMIN: &str = "org:admin";
/// How long invitations are open.
const INVITATION_MS: i64 = 30 * 24 * 3600 * 1000;

impl Known {
    /// A time of the provider's, later than all that it has said so far.
    pub(super) fn tick(&mut self) -> i64 {
        let now = self
            .env
            .as_ref()
            .map_or(0, |env| env.now().as_millisecond());
        self.last_ms = now.max(self.last_ms + 1);
        self.last_ms
    }

    fn say(&mut self, event_type: &str, data: &Value) {
        let at = jiff::Timestamp::from_millisecond(self.last_ms).unwrap();
        self.events.push(fixtures::event(event_type, data, at));
    }

    fn membership(&self, org: &str, user: &str) -> Option<String> {
        let found = self.memberships.iter().find(|(_, m)| {
            m["organization"]["id"] == org && m["public_user_data"]["user_id"] == user
        });
        found.map(|(id, _)| id.clone())
    }

    fn is_last_admin(&self, org: &str, id: &str) -> bool {
        let is_admin = |m: &&Value| m["organization"]["id"] == org && m["role"] == ADMIN;
        self.memberships.get(id).is_some_and(|m| m["role"] == ADMIN)
            && self.memberships.values().filter(is_admin).count() == 1
    }
}

fn last_admin() -> Response {
    refusal(
        StatusCode::BAD_REQUEST,
        "organization_minimum_permissions_needed",
    )
}

pub(super) async fn update_membership(
    State(provider): State<Provider>,
    Path((org, user)): Path<(String, String)>,
    axum::Json(wanted): axum::Json<Value>,
) -> Response {
    let mut known = provider.known();
    let Some(id) = known.membership(&org, &user) else {
        return refusal(StatusCode::NOT_FOUND, "resource_not_found");
    };
    let role = text(&wanted, "role");
    if role != ADMIN && known.is_last_admin(&org, &id) {
        return last_admin();
    }
    let at = known.tick();
    let membership = known.memberships.get_mut(&id).unwrap();
    membership["role"] = role.into();
    membership["updated_at"] = at.into();
    let membership = membership.clone();
    known.say("organizationMembership.updated", &membership);
    found(Some(&membership))
}

pub(super) async fn delete_membership(
    State(provider): State<Provider>,
    Path((org, user)): Path<(String, String)>,
) -> Response {
    let mut known = provider.known();
    let Some(id) = known.membership(&org, &user) else {
        return refusal(StatusCode::NOT_FOUND, "resource_not_found");
    };
    if known.is_last_admin(&org, &id) {
        return last_admin();
    }
    known.tick();
    let membership = known.memberships.remove(&id).unwrap();
    known.say("organizationMembership.deleted", &membership);
    found(Some(&membership))
}

pub(super) async fn update_organization(
    State(provider): State<Provider>,
    Path(id): Path<String>,
    axum::Json(wanted): axum::Json<Value>,
) -> Response {
    let mut known = provider.known();
    let slug = wanted["slug"].as_str();
    let is_taken = |(other, org): (&String, &Value)| *other != id && org["slug"] == wanted["slug"];
    if slug.is_some() && known.organizations.iter().any(is_taken) {
        return refusal(StatusCode::BAD_REQUEST, "form_identifier_exists");
    }
    let at = known.tick();
    let Some(organization) = known.organizations.get_mut(&id) else {
        return refusal(StatusCode::NOT_FOUND, "resource_not_found");
    };
    for member in ["name", "slug"] {
        if !wanted[member].is_null() {
            organization[member] = wanted[member].clone();
        }
    }
    organization["updated_at"] = at.into();
    let organization = organization.clone();
    known.say("organization.updated", &organization);
    found(Some(&organization))
}

pub(super) async fn delete_organization(
    State(provider): State<Provider>,
    Path(id): Path<String>,
) -> Response {
    let mut known = provider.known();
    let Some(organization) = known.organizations.remove(&id) else {
        return refusal(StatusCode::NOT_FOUND, "resource_not_found");
    };
    let deleted = fixtures::deleted(&organization);
    known.say("organization.deleted", &deleted);
    found(Some(&deleted))
}

pub(super) async fn create_organization(
    State(provider): State<Provider>,
    axum::Json(wanted): axum::Json<Value>,
) -> Response {
    let mut known = provider.known();
    let creator = text(&wanted, "created_by");
    let Some(user) = known.users.get(&creator).cloned() else {
        return refusal(StatusCode::UNPROCESSABLE_ENTITY, "form_param_invalid");
    };
    let id = format!("org_made_{}", known.organizations.len());
    let at = jiff::Timestamp::from_millisecond(known.tick()).unwrap();
    let slug = wanted["slug"].as_str();
    let slug = slug.map_or_else(|| id.replace('_', "-"), str::to_owned);
    if known.organizations.values().any(|org| org["slug"] == slug) {
        return refusal(StatusCode::BAD_REQUEST, "form_identifier_exists");
    }
    let mut made = fixtures::organization(&id, &text(&wanted, "name"), &slug, &creator, at);
    if !wanted["private_metadata"].is_null() {
        made["private_metadata"] = wanted["private_metadata"].clone();
    }
    let membership = fixtures::membership(&made, &user, ADMIN, at);
    known.organizations.insert(id, made.clone());
    let key = text(&membership, "id");
    known.memberships.insert(key, membership.clone());
    known.say("organization.created", &made);
    known.say("organizationMembership.created", &membership);
    found(Some(&made))
}

pub(super) async fn invite(
    State(provider): State<Provider>,
    Path(org): Path<String>,
    axum::Json(wanted): axum::Json<Value>,
) -> Response {
    let mut known = provider.known();
    let email = text(&wanted, "email_address").to_lowercase();
    let of = |i: &&Value| i["organization_id"] == org && i["email_address"] == email;
    let is_open = |i: &&Value| of(i) && i["status"] == "pending";
    if known.invitations.values().any(|i| is_open(&i)) {
        return refusal(StatusCode::BAD_REQUEST, "duplicate_record");
    }
    let is_member = known.memberships.values().any(|m| {
        let identifier = m["public_user_data"]["identifier"].as_str().unwrap_or("");
        m["organization"]["id"] == org && identifier.to_lowercase() == email
    });
    if is_member {
        return refusal(StatusCode::BAD_REQUEST, "already_a_member_in_organization");
    }
    let at = known.tick();
    let id = format!("orginv_{}", known.invitations.len());
    let private = &wanted["private_metadata"];
    let invitation = json!({
        "object": "organization_invitation", "id": id, "email_address": email, "role": wanted["role"],
        "organization_id": org, "inviter_id": wanted["inviter_user_id"], "status": "pending",
        "redirect_url": wanted["redirect_url"], "public_metadata": {},
        "private_metadata": if private.is_null() { json!({}) } else { private.clone() },
        "url": "https://example.com/accept", "expires_at": at + INVITATION_MS,
        "created_at": at, "updated_at": at
    });
    known.invitations.insert(id, invitation.clone());
    known.say("organizationInvitation.created", &invitation);
    found(Some(&invitation))
}

pub(super) async fn list_invitations(
    State(provider): State<Provider>,
    Path(org): Path<String>,
    axum::extract::Query(query): axum::extract::Query<Vec<(String, String)>>,
) -> Response {
    let known = provider.known();
    let email = query.iter().find(|(name, _)| name == "email_address");
    let email = email.map(|(_, value)| value.to_lowercase());
    let rows = known.invitations.values().filter(|i| {
        i["organization_id"] == org && email.as_ref().is_none_or(|e| i["email_address"] == **e)
    });
    super::list(rows.cloned().collect())
}

pub(super) async fn revoke_invitation(
    State(provider): State<Provider>,
    Path((_, id)): Path<(String, String)>,
) -> Response {
    let mut known = provider.known();
    let at = known.tick();
    let Some(invitation) = known.invitations.get_mut(&id) else {
        return refusal(StatusCode::NOT_FOUND, "resource_not_found");
    };
    if invitation["status"] != "pending" {
        return refusal(
            StatusCode::BAD_REQUEST,
            "organization_invitation_not_pending",
        );
    }
    invitation["status"] = "revoked".into();
    invitation["updated_at"] = at.into();
    let invitation = invitation.clone();
    known.say("organizationInvitation.revoked", &invitation);
    found(Some(&invitation))
}

impl Provider {
    /// Somebody with this address accepts the open invitation to it, in their browser.
    pub fn accept(&self, email: &str, user: &Value) {
        let mut known = self.known();
        let at = known.tick();
        let open = known
            .invitations
            .values_mut()
            .find(|i| i["email_address"] == email && i["status"] == "pending");
        let invitation = open.unwrap_or_else(|| panic!("nobody invited {email}"));
        invitation["status"] = "accepted".into();
        invitation["updated_at"] = at.into();
        let mut accepted = invitation.clone();
        accepted["user_id"] = user["id"].clone();
        known.say("organizationInvitation.accepted", &accepted);
        let org = text(&accepted, "organization_id");
        if known.membership(&org, &text(user, "id")).is_some() {
            return;
        }
        let at = jiff::Timestamp::from_millisecond(at).unwrap();
        let organization = known.organizations[&org].clone();
        let role = text(&accepted, "role");
        let membership = fixtures::membership(&organization, user, &role, at);
        let key = text(&membership, "id");
        known.memberships.insert(key, membership.clone());
        known.say("organizationMembership.created", &membership);
    }

    /// Every membership in an organization.
    #[must_use]
    pub fn memberships_in(&self, clerk_org_id: &str) -> Vec<Value> {
        let known = self.known();
        let theirs = known.memberships.values();
        theirs
            .filter(|m| m["organization"]["id"] == clerk_org_id)
            .cloned()
            .collect()
    }

    /// An invitation made with the provider's own means, which it tells nobody.
    pub fn invite(&self, clerk_org_id: &str, email: &str, role: &str) -> Value {
        let mut known = self.known();
        let at = known.tick();
        let id = format!("orginv_{}", known.invitations.len());
        let invitation = json!({
            "object": "organization_invitation", "id": id, "email_address": email, "role": role,
            "organization_id": clerk_org_id, "inviter_id": null, "status": "pending",
            "public_metadata": {}, "private_metadata": {}, "url": "https://example.com/accept",
            "expires_at": at + INVITATION_MS, "created_at": at, "updated_at": at
        });
        known.invitations.insert(id, invitation.clone());
        invitation
    }

    /// Gives the invitations to an address another state, and tells nobody.
    pub fn set_invitations(&self, email: &str, status: &str) {
        let mut known = self.known();
        let at = known.tick();
        let theirs = known.invitations.values_mut();
        for invitation in theirs.filter(|i| i["email_address"] == email) {
            invitation["status"] = status.into();
            invitation["updated_at"] = at.into();
        }
    }

    /// Knows of no invitation any more.
    pub fn forget_invitations(&self) {
        self.known().invitations.clear();
    }

    /// The provider's role of a membership; none where there is no such membership.
    #[must_use]
    pub fn role_of(&self, clerk_org_id: &str, clerk_user_id: &str) -> Option<String> {
        let known = self.known();
        let id = known.membership(clerk_org_id, clerk_user_id)?;
        Some(text(&known.memberships[&id], "role"))
    }

    /// Every invitation to an address, the oldest first.
    #[must_use]
    pub fn invitations_to(&self, email: &str) -> Vec<Value> {
        let known = self.known();
        let theirs = known
            .invitations
            .values()
            .filter(|i| i["email_address"] == email);
        let mut theirs: Vec<Value> = theirs.cloned().collect();
        theirs.sort_by_key(|i| i["created_at"].as_i64());
        theirs
    }
}

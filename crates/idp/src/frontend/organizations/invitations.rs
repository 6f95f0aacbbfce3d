//! Invitations to an organization, for members who manage its members.

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::Value;

use super::permitted;
use crate::domain::organization_invitations::{self as acts, MAX_BULK, NewInvitation};
use crate::domain::{names, roles};
use crate::error::{Refusal, Result};
use crate::frontend::Frontend;
use crate::frontend::fields::{Fields, Form};
use crate::frontend::request::Meta;
use crate::frontend::visit::Visit;
use crate::model;
use crate::model::organization_invitation::own_invitation;
use crate::store::Page;
use crate::store::organization_invitations::{
    InvitationFilter, InvitationKey, OrganizationInvitation, list as search,
};
use crate::store::search::Order;

/// May invite.
const MANAGE: &str = "org:sys_memberships:manage";

/// `POST /v1/organizations/{id}/invitations`: invites one address, with a mail. Permission
/// `org:sys_memberships:manage`, and every permission of the role over the organization; 404
/// where the user is no member. Rate limited, by browser and by mailbox.
pub async fn create(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
    Form(form): Form,
) -> Result<Response> {
    let address = names::email(form.require("email_address")?, "email_address")?;
    let (visit, mut made) = invite(&frontend, &id, meta, &form, vec![address]).await?;
    visit.answer(made.pop().unwrap_or_default()).await
}

/// `POST /v1/organizations/{id}/invitations/bulk`: invites several addresses with the same role,
/// all or none. As [`create`].
pub async fn bulk(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
    Form(form): Form,
) -> Result<Response> {
    let addresses = form.all("email_address");
    if addresses.is_empty() {
        return Err(Refusal::missing("email_address").into());
    }
    if addresses.len() > MAX_BULK {
        let text = format!("At most {MAX_BULK} people can be invited at once.");
        return Err(Refusal::format("email_address", &text).into());
    }
    let addresses = addresses
        .iter()
        .map(|text| names::email(text, "email_address"))
        .collect::<Result<Vec<_>, Refusal>>()?;
    let (visit, made) = invite(&frontend, &id, meta, &form, addresses).await?;
    visit.answer(Value::Array(made)).await
}

async fn invite(
    frontend: &Frontend,
    id: &str,
    meta: Meta,
    form: &Fields,
    addresses: Vec<String>,
) -> Result<(Visit, Vec<Value>)> {
    frontend.idp.limits().attempt(&meta.address)?;
    let role = form.require("role")?.to_owned();
    let notify = form.get("notify") != Some("false");
    let mut visit = Visit::write(frontend, meta).await?;
    let inviter = permitted(&mut visit, id, MANAGE).await?;
    let given = roles::of_organization(&mut visit.tx, &inviter.organization, &role).await?;
    roles::check_giver(&inviter.permissions, &given)?;
    let wanted = addresses.into_iter().map(|address| NewInvitation {
        notify,
        ..NewInvitation::plain(address, role.clone(), Some(inviter.user_id.clone()))
    });
    let idp = visit.idp.clone();
    let (made, mails) = acts::create(&idp, &mut visit.tx, id, wanted.collect()).await?;
    for mail in mails {
        visit.send(mail);
    }
    let shown = show(&visit, &made);
    Ok((visit, shown))
}

fn show(visit: &Visit, rows: &[OrganizationInvitation]) -> Vec<Value> {
    let config = visit.idp.config();
    rows.iter()
        .map(|row| own_invitation(config, row, visit.now))
        .collect()
}

/// `GET /v1/organizations/{id}/invitations`, of any or some statuses. Permission
/// `org:sys_memberships:manage`; 404 where the user is no member.
pub async fn list(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
) -> Result<Response> {
    let statuses = meta.query.all("status");
    page(&frontend, &id, meta, statuses).await
}

/// `GET /v1/organizations/{id}/invitations/pending`. As [`list`].
pub async fn pending(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
) -> Result<Response> {
    page(&frontend, &id, meta, vec!["pending".to_owned()]).await
}

async fn page(
    frontend: &Frontend,
    id: &str,
    meta: Meta,
    statuses: Vec<String>,
) -> Result<Response> {
    let page = Page::new(meta.query.number("limit"), meta.query.number("offset"));
    let mut visit = Visit::read(frontend, meta).await?;
    permitted(&mut visit, id, MANAGE).await?;
    let filter = InvitationFilter {
        statuses,
        organization_id: Some(id.to_owned()),
        ..InvitationFilter::default()
    };
    let newest = Order {
        key: InvitationKey::CreatedAt,
        descending: true,
    };
    let (rows, total) = search(&mut visit.tx, &filter, newest, page, visit.now).await?;
    let value = model::page(show(&visit, &rows), total);
    visit.answer(value).await
}

/// `POST /v1/organizations/{id}/invitations/{invitation_id}/revoke`. Permission
/// `org:sys_memberships:manage`; 404 where the user is no member, and for another organization's
/// invitation.
pub async fn revoke(
    State(frontend): State<Frontend>,
    Path((id, invitation_id)): Path<(String, String)>,
    meta: Meta,
) -> Result<Response> {
    let mut visit = Visit::write(&frontend, meta).await?;
    permitted(&mut visit, &id, MANAGE).await?;
    let idp = visit.idp.clone();
    let revoked = acts::revoke(&idp, &mut visit.tx, &id, &invitation_id).await?;
    let value = own_invitation(idp.config(), &revoked, visit.now);
    visit.answer(value).await
}

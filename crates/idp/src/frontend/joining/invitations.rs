//! Invitations for the signed-in user.

use axum::extract::{Path, State};
use axum::response::Response;

use crate::domain::{enrolment, organization_invitations as acts, people};
use crate::error::{Refusal, Result};
use crate::frontend::Frontend;
use crate::frontend::request::Meta;
use crate::frontend::visit::Visit;
use crate::model;
use crate::model::organization_invitation::own_invitation;
use crate::model::user::Person;
use crate::store::Page;
use crate::store::organization_invitations::{
    InvitationFilter, InvitationKey, find, list as search,
};
use crate::store::search::Order;

/// `GET /v1/me/organization_invitations`: those for one of the user's verified addresses, of any
/// or some statuses. Signed in; 401 otherwise.
pub async fn list(State(frontend): State<Frontend>, meta: Meta) -> Result<Response> {
    let page = Page::new(meta.query.number("limit"), meta.query.number("offset"));
    let statuses = meta.query.all("status");
    let mut visit = Visit::read(&frontend, meta).await?;
    let (_, person) = visit.signed_in().await?;
    let email_addresses = verified(&person);
    if email_addresses.is_empty() {
        return visit.answer(model::page(Vec::new(), 0)).await;
    }
    let idp = visit.idp.clone();
    enrolment::of_user(&idp, &mut visit.tx, &person.user.id).await?;
    let filter = InvitationFilter {
        statuses,
        email_addresses,
        ..InvitationFilter::default()
    };
    let newest = Order {
        key: InvitationKey::CreatedAt,
        descending: true,
    };
    let (rows, total) = search(&mut visit.tx, &filter, newest, page, visit.now).await?;
    let config = visit.idp.config();
    let data = rows
        .iter()
        .map(|row| own_invitation(config, row, visit.now));
    let value = model::page(data.collect(), total);
    visit.answer(value).await
}

fn verified(person: &Person) -> Vec<String> {
    let verified = person
        .emails
        .iter()
        .filter(|email| email.verified_at.is_some());
    verified.map(|email| email.address.clone()).collect()
}

/// `POST /v1/me/organization_invitations/{id}/accept`: the user becomes a member. 404 for an
/// invitation of another address, 400 for one that is over, 403 where the organization is full.
pub async fn accept(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
) -> Result<Response> {
    let mut visit = Visit::write(&frontend, meta).await?;
    let (_, person) = visit.signed_in().await?;
    let person = people::get_locked(&mut visit.tx, &person.user.id).await?;
    let own: Vec<String> = verified(&person)
        .iter()
        .map(|text| text.to_lowercase())
        .collect();
    let found = find(&mut visit.tx, &id).await?;
    if found.is_none_or(|found| !own.contains(&found.email_address.to_lowercase())) {
        return Err(Refusal::not_found("Organization invitation").into());
    }
    let idp = visit.idp.clone();
    let accepted = acts::accept(&idp, &mut visit.tx, &id, &person).await?;
    let value = own_invitation(idp.config(), &accepted, visit.now);
    visit.answer(value).await
}

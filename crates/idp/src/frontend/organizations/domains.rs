//! Domains of an organization, for members who may see or manage them.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, post};
use serde_json::{Value, json};

use super::permitted;
use crate::domain::names;
use crate::domain::organization_domains as acts;
use crate::error::{Error, Refusal, Result};
use crate::frontend::Frontend;
use crate::frontend::fields::Form;
use crate::frontend::request::Meta;
use crate::frontend::visit::Visit;
use crate::model;
use crate::settings::EnrollmentMode;
use crate::store::Page;
use crate::store::organization_domains::list as search;
use crate::store::organization_domains::{DomainFilter, DomainKey, OrganizationDomain};
use crate::store::search::{Among, Order};

/// May see the domains.
const READ: &str = "org:sys_domains:read";
/// May claim, verify, change and give them up.
const MANAGE: &str = "org:sys_domains:manage";
/// The most domains of one request, as at Clerk.
const MAX_BULK: usize = 10;

/// The routes under `/organizations/{id}/domains`.
pub fn routes() -> Router<Frontend> {
    Router::new()
        .route("/organizations/{id}/domains", get(list).post(create))
        .route("/organizations/{id}/domains/bulk", post(bulk))
        .route(
            "/organizations/{id}/domains/{domain_id}",
            get(read).delete(delete),
        )
        .route(
            "/organizations/{id}/domains/{domain_id}/update_enrollment_mode",
            post(set_mode),
        )
        .route(
            "/organizations/{id}/domains/{domain_id}/prepare_affiliation_verification",
            post(prepare),
        )
        .route(
            "/organizations/{id}/domains/{domain_id}/attempt_affiliation_verification",
            post(attempt),
        )
}

/// Begins a request that writes, of a member who may manage the domains.
async fn manage(frontend: &Frontend, meta: Meta, id: &str) -> Result<Visit> {
    let mut visit = Visit::write(frontend, meta).await?;
    permitted(&mut visit, id, MANAGE).await?;
    Ok(visit)
}

/// The same about one of them, which is locked.
async fn managed(
    frontend: &Frontend,
    meta: Meta,
    id: &str,
    domain_id: &str,
) -> Result<(Visit, OrganizationDomain)> {
    let mut visit = manage(frontend, meta, id).await?;
    let domain = acts::get_locked(&mut visit.tx, id, domain_id).await?;
    Ok((visit, domain))
}

async fn answer(visit: Visit, domain: &OrganizationDomain) -> Result<Response> {
    let value = acts::resource(&visit.idp, domain);
    visit.answer(value).await
}

/// `GET /v1/organizations/{id}/domains`. Permission `org:sys_domains:read`; 404 where the user is
/// no member.
async fn list(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
) -> Result<Response> {
    let page = Page::new(meta.query.number("limit"), meta.query.number("offset"));
    let filter = DomainFilter {
        organization_id: Some(id.clone()),
        is_verified: meta.query.get("verified").map(|text| text == "true"),
        modes: Among {
            of: meta.query.all("enrollment_mode"),
            not: Vec::new(),
        },
        ..DomainFilter::default()
    };
    let mut visit = Visit::read(&frontend, meta).await?;
    permitted(&mut visit, &id, READ).await?;
    let newest = Order {
        key: DomainKey::CreatedAt,
        descending: true,
    };
    let (rows, total) = search(&mut visit.tx, &filter, newest, page).await?;
    let data = rows.iter().map(|row| acts::resource(&visit.idp, row));
    let value = model::page(data.collect(), total);
    visit.answer(value).await
}

/// `POST /v1/organizations/{id}/domains`: claims a domain, not verified yet. Permission
/// `org:sys_domains:manage`; 404 where the user is no member.
async fn create(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
    Form(form): Form,
) -> Result<Response> {
    acts::check_enabled(&frontend.idp)?;
    let name = acts::name(form.require("name")?)?;
    let mode = match form.get("enrollment_mode") {
        Some(text) => acts::mode(&frontend.idp, text)?,
        None => EnrollmentMode::ManualInvitation,
    };
    let mut visit = manage(&frontend, meta, &id).await?;
    let idp = visit.idp.clone();
    let domain = acts::create(&idp, &mut visit.tx, &id, name, mode, false).await?;
    answer(visit, &domain).await
}

/// `POST /v1/organizations/{id}/domains/bulk`: claims several; those that are refused are named
/// with the reason. As [`create`].
async fn bulk(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
    Form(form): Form,
) -> Result<Response> {
    acts::check_enabled(&frontend.idp)?;
    let mut names = form.all("names");
    names.sort_unstable();
    names.dedup();
    if names.is_empty() {
        return Err(Refusal::missing("names").into());
    }
    if names.len() > MAX_BULK {
        let text = format!("At most {MAX_BULK} domains can be added at once.");
        return Err(Refusal::format("names", &text).into());
    }
    let mut visit = manage(&frontend, meta, &id).await?;
    let idp = visit.idp.clone();
    let (mut made, mut refused) = (Vec::new(), Vec::new());
    for text in names {
        let claimed = claim(&mut visit, &id, &text).await?;
        match claimed {
            Ok(domain) => made.push(acts::resource(&idp, &domain)),
            Err(refusal) => refused.push(failure(&text, &refusal)),
        }
    }
    visit
        .answer(json!({ "data": made, "errors": refused }))
        .await
}

/// Claims one of several. A domain that the organization has is found before it is stored: a
/// statement that the database refused would take the others with it.
async fn claim(
    visit: &mut Visit,
    id: &str,
    text: &str,
) -> Result<Result<OrganizationDomain, Refusal>> {
    let name = match acts::name(text) {
        Ok(name) => name,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let filter = DomainFilter {
        organization_id: Some(id.to_owned()),
        names: vec![name.clone()],
        ..DomainFilter::default()
    };
    let newest = Order {
        key: DomainKey::CreatedAt,
        descending: true,
    };
    let one = Page::new(Some(1), None);
    if search(&mut visit.tx, &filter, newest, one).await?.1 > 0 {
        let text = "The organization has this domain already.";
        let code = "organization_domain_already_exists";
        let status = http::StatusCode::BAD_REQUEST;
        return Ok(Err(Refusal::new(status, code, text).param("name")));
    }
    let idp = visit.idp.clone();
    let mode = EnrollmentMode::ManualInvitation;
    match acts::create(&idp, &mut visit.tx, id, name, mode, false).await {
        Ok(domain) => Ok(Ok(domain)),
        Err(Error::Refused(refusal)) => Ok(Err(*refusal)),
        Err(error) => Err(error),
    }
}

fn failure(name: &str, refusal: &Refusal) -> Value {
    let code = refusal.errors.first().map(|item| item.code.as_str());
    json!({ "name": name, "code": code.unwrap_or_default() })
}

/// `GET /v1/organizations/{id}/domains/{domain_id}`. Permission `org:sys_domains:read`; 404 where
/// the user is no member, and for another organization's domain.
async fn read(
    State(frontend): State<Frontend>,
    Path((id, domain_id)): Path<(String, String)>,
    meta: Meta,
) -> Result<Response> {
    let mut visit = Visit::read(&frontend, meta).await?;
    permitted(&mut visit, &id, READ).await?;
    let domain = acts::get(&mut visit.tx, &id, &domain_id).await?;
    answer(visit, &domain).await
}

/// `DELETE /v1/organizations/{id}/domains/{domain_id}`. Permission `org:sys_domains:manage`; 404
/// where the user is no member, and for another organization's domain.
async fn delete(
    State(frontend): State<Frontend>,
    Path((id, domain_id)): Path<(String, String)>,
    meta: Meta,
) -> Result<Response> {
    let mut visit = manage(&frontend, meta, &id).await?;
    let idp = visit.idp.clone();
    let gone = acts::delete(&idp, &mut visit.tx, &id, &domain_id).await?;
    visit.answer(gone).await
}

/// `POST /v1/organizations/{id}/domains/{domain_id}/update_enrollment_mode`. Permission
/// `org:sys_domains:manage`; 404 where the user is no member, and for another organization's
/// domain; 422 for a domain that is not verified.
async fn set_mode(
    State(frontend): State<Frontend>,
    Path((id, domain_id)): Path<(String, String)>,
    meta: Meta,
    Form(form): Form,
) -> Result<Response> {
    acts::check_enabled(&frontend.idp)?;
    let mode = acts::mode(&frontend.idp, form.require("enrollment_mode")?)?;
    let delete_pending = form.flag("delete_pending");
    let (mut visit, mut domain) = managed(&frontend, meta, &id, &domain_id).await?;
    let idp = visit.idp.clone();
    acts::set_mode(&idp, &mut visit.tx, &mut domain, mode, delete_pending).await?;
    answer(visit, &domain).await
}

/// `POST /v1/organizations/{id}/domains/{domain_id}/prepare_affiliation_verification`: sends a
/// code to an address in the domain. Permission `org:sys_domains:manage`; 404 where the user is no
/// member, and for another organization's domain. Rate limited, by browser and by mailbox.
async fn prepare(
    State(frontend): State<Frontend>,
    Path((id, domain_id)): Path<(String, String)>,
    meta: Meta,
    Form(form): Form,
) -> Result<Response> {
    acts::check_enabled(&frontend.idp)?;
    frontend.idp.limits().attempt(&meta.address)?;
    let param = "affiliation_email_address";
    let address = names::email(form.require(param)?, param)?;
    let (mut visit, mut domain) = managed(&frontend, meta, &id, &domain_id).await?;
    let idp = visit.idp.clone();
    let mail = acts::prepare(&idp, &mut visit.tx, &mut domain, address).await?;
    visit.send(mail);
    answer(visit, &domain).await
}

/// `POST /v1/organizations/{id}/domains/{domain_id}/attempt_affiliation_verification`: the code.
/// Permission `org:sys_domains:manage`; 404 where the user is no member, and for another
/// organization's domain. Rate limited; five answers to each code.
async fn attempt(
    State(frontend): State<Frontend>,
    Path((id, domain_id)): Path<(String, String)>,
    meta: Meta,
    Form(form): Form,
) -> Result<Response> {
    acts::check_enabled(&frontend.idp)?;
    frontend.idp.limits().attempt(&meta.address)?;
    let code = form.require("code")?;
    let (mut visit, mut domain) = managed(&frontend, meta, &id, &domain_id).await?;
    let idp = visit.idp.clone();
    let judgement = acts::attempt(&idp, &mut visit.tx, &mut domain, code).await?;
    let (visit, _) = visit.proven(judgement).await?;
    answer(visit, &domain).await
}

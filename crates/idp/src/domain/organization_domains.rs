//! Domains of organizations: claimed, verified, changed, given up.

use bailiwick_pg::Tx;
use http::StatusCode;
use serde_json::Value;

use super::verifications::{self, Judgement};
use super::{disposable, enrolment, organizations, providers};
use crate::error::{Error, Refusal, Result};
use crate::instance::Idp;
use crate::mail::Mail;
use crate::settings::EnrollmentMode;
use crate::store::organization_domains::{self as rows, OrganizationDomain};
use crate::{ids, model, store, webhooks};

/// How a code proves that somebody of the organization has an address in the domain.
const AFFILIATION: &str = "affiliation_email_code";
/// How an operator's word is remembered.
const ADMIN: &str = "admin";

/// A domain as somebody typed it, in lower case; 422 where it is none, or where everybody has an
/// address in it.
pub fn name(text: &str) -> Result<String, Refusal> {
    let name = text.trim().to_ascii_lowercase();
    let labels_fit = name.split('.').all(|label| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    });
    let last = name.rsplit('.').next().unwrap_or_default();
    if !labels_fit
        || name.len() > 253
        || !name.contains('.')
        || last.bytes().all(|b| b.is_ascii_digit())
    {
        let text = "The domain must look like example.com.";
        return Err(Refusal::format("name", text));
    }
    if providers::is_common(&name) || disposable::is_disposable(&name) {
        let text = "This is a common email provider domain. Please use a different one.";
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return Err(Refusal::new(status, "organization_domain_common", text).param("name"));
    }
    Ok(name)
}

/// Reads an enrolment mode; 422 for one that this instance does not offer.
pub fn mode(idp: &Idp, text: &str) -> Result<EnrollmentMode, Refusal> {
    let settings = idp.settings();
    let offered = &settings.organizations.domains.enrollment_modes;
    let mode = EnrollmentMode::parse(text);
    mode.filter(|mode| *mode == EnrollmentMode::ManualInvitation || offered.contains(mode))
        .ok_or_else(|| {
            let text = "The enrollment mode is not enabled for this instance.";
            Refusal::format("enrollment_mode", text)
        })
}

/// Refuses everything about domains where the instance has none.
pub fn check_enabled(idp: &Idp) -> Result<(), Refusal> {
    if idp.settings().organizations.domains.enabled {
        return Ok(());
    }
    let text = "Domains are not enabled for organizations of this instance.";
    Err(Refusal::new(
        StatusCode::FORBIDDEN,
        "organization_domains_not_enabled",
        text,
    ))
}

/// The domain, as both APIs and webhooks show it.
#[must_use]
pub fn resource(idp: &Idp, domain: &OrganizationDomain) -> Value {
    model::organization_domain::domain(idp.config(), domain, idp.env().now())
}

/// A domain of an organization; 404 for any other id.
pub async fn get(tx: &mut Tx, organization_id: &str, id: &str) -> Result<OrganizationDomain> {
    let found = rows::find(tx, organization_id, id).await?;
    Ok(found.ok_or_else(not_found)?)
}

/// The same, locked after its organization.
pub async fn get_locked(
    tx: &mut Tx,
    organization_id: &str,
    id: &str,
) -> Result<OrganizationDomain> {
    organizations::get_locked(tx, organization_id).await?;
    let found = rows::find_locked(tx, organization_id, id).await?;
    Ok(found.ok_or_else(not_found)?)
}

fn not_found() -> Refusal {
    Refusal::not_found("Organization domain")
}

/// Claims a domain for an organization, verified or not, and says so. 403 beyond the
/// organization's bound, 400 for one that it has, or that another has verified.
pub async fn create(
    idp: &Idp,
    tx: &mut Tx,
    organization_id: &str,
    name: String,
    mode: EnrollmentMode,
    is_verified: bool,
) -> Result<OrganizationDomain> {
    check_mode(mode, is_verified)?;
    let organization = organizations::get_locked(tx, organization_id).await?;
    let bound = idp.settings().organizations.domains.max_allowed_domains;
    if rows::count(tx, organization_id).await? >= bound {
        let text = format!("An organization may have at most {bound} domains.");
        let code = "organization_domain_quota_exceeded";
        return Err(Refusal::new(StatusCode::FORBIDDEN, code, text).into());
    }
    let now = store::now(idp.env());
    let domain = OrganizationDomain {
        id: ids::new(idp.env(), ids::Kind::OrganizationDomain),
        organization,
        name,
        enrollment_mode: mode.as_str().to_owned(),
        affiliation_email_address: None,
        verification: None,
        verified_at: is_verified.then_some(now),
        verified_by: is_verified.then(|| ADMIN.to_owned()),
        ownership_verified_at: None,
        pending_invitations: 0,
        pending_suggestions: 0,
        created_at: now,
        updated_at: now,
    };
    rows::insert(tx, &domain).await.map_err(taken)?;
    emit(idp, tx, "organizationDomain.created", &domain).await?;
    enrolment::of_domain(idp, tx, &domain.id).await?;
    get(tx, organization_id, &domain.id).await
}

/// A domain that nobody has proven enrols nobody.
fn check_mode(mode: EnrollmentMode, is_verified: bool) -> Result<(), Refusal> {
    if is_verified || mode == EnrollmentMode::ManualInvitation {
        return Ok(());
    }
    let text = "Only a verified domain can enroll users automatically.";
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    Err(Refusal::new(status, "organization_domain_not_verified", text).param("enrollment_mode"))
}

/// Sends a code to an address in a locked domain. The mail is to be sent after the commit. 422 for
/// an address elsewhere, 400 for a domain that is verified.
pub async fn prepare(
    idp: &Idp,
    tx: &mut Tx,
    domain: &mut OrganizationDomain,
    address: String,
) -> Result<Mail> {
    refuse_verified(domain)?;
    let is_inside = address
        .rsplit_once('@')
        .is_some_and(|(_, of)| of.eq_ignore_ascii_case(&domain.name));
    if !is_inside {
        let text = format!("The email address must be in {}.", domain.name);
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return Err(Refusal::new(status, "organization_domain_mismatch", text)
            .param("affiliation_email_address")
            .into());
    }
    let (verification, mail) = verifications::ask(idp, tx, AFFILIATION, &address).await?;
    domain.affiliation_email_address = Some(address);
    domain.verification = Some(verification);
    save(idp, tx, domain).await?;
    Ok(mail)
}

/// Judges the code for a locked domain; the right one verifies it.
pub async fn attempt(
    idp: &Idp,
    tx: &mut Tx,
    domain: &mut OrganizationDomain,
    code: &str,
) -> Result<Judgement> {
    refuse_verified(domain)?;
    let asked = domain.verification.as_ref().map(|row| row.id.clone());
    let judgement = verifications::judge(idp, tx, &asked.unwrap_or_default(), code).await?;
    if let Judgement::Right(verification) = &judgement {
        domain.verified_at = Some(store::now(idp.env()));
        domain.verified_by = Some(AFFILIATION.to_owned());
        domain.verification = Some(verification.clone());
        save(idp, tx, domain).await?;
    }
    Ok(judgement)
}

fn refuse_verified(domain: &OrganizationDomain) -> Result<(), Refusal> {
    if domain.verified_at.is_none() {
        return Ok(());
    }
    let text = "The domain is verified already.";
    let code = "organization_domain_already_verified";
    Err(Refusal::new(StatusCode::BAD_REQUEST, code, text))
}

/// Gives a locked domain another enrolment mode; with `delete_pending`, what it brought before and
/// nobody answered is gone. 422 for one that is not verified.
pub async fn set_mode(
    idp: &Idp,
    tx: &mut Tx,
    domain: &mut OrganizationDomain,
    mode: EnrollmentMode,
    delete_pending: bool,
) -> Result<()> {
    check_mode(mode, domain.verified_at.is_some())?;
    mode.as_str().clone_into(&mut domain.enrollment_mode);
    if delete_pending {
        rows::forget_pending(tx, &domain.id, store::now(idp.env())).await?;
    }
    save(idp, tx, domain).await?;
    enrolment::of_domain(idp, tx, &domain.id).await?;
    *domain = get(tx, &domain.organization.id, &domain.id).await?;
    Ok(())
}

/// Takes an operator's word for a locked domain, or takes it back: then it enrols nobody.
pub async fn set_verified(
    idp: &Idp,
    tx: &mut Tx,
    domain: &mut OrganizationDomain,
    is_verified: bool,
) -> Result<()> {
    if domain.verified_at.is_some() == is_verified {
        return Ok(());
    }
    domain.verified_at = is_verified.then(|| store::now(idp.env()));
    domain.verified_by = is_verified.then(|| ADMIN.to_owned());
    domain.verification = None;
    if !is_verified {
        domain.enrollment_mode = EnrollmentMode::ManualInvitation.as_str().to_owned();
        domain.ownership_verified_at = None;
    }
    save(idp, tx, domain).await
}

/// Takes an operator's word that a locked domain is the organization's own. Repeated, it changes
/// nothing.
pub async fn own(idp: &Idp, tx: &mut Tx, domain: &mut OrganizationDomain) -> Result<()> {
    if domain.ownership_verified_at.is_some() {
        return Ok(());
    }
    let now = store::now(idp.env());
    domain.ownership_verified_at = Some(now);
    if domain.verified_at.is_none() {
        domain.verified_at = Some(now);
        domain.verified_by = Some(ADMIN.to_owned());
    }
    save(idp, tx, domain).await
}

/// Gives up a domain with what it brought and nobody answered, and says so; 404 for any other id.
pub async fn delete(idp: &Idp, tx: &mut Tx, organization_id: &str, id: &str) -> Result<Value> {
    let domain = get_locked(tx, organization_id, id).await?;
    rows::forget_pending(tx, &domain.id, store::now(idp.env())).await?;
    rows::delete(tx, &domain.id).await?;
    let gone = model::deleted("organization_domain", &domain.id);
    webhooks::emit(tx, idp.env(), "organizationDomain.deleted", &gone).await?;
    Ok(gone)
}

async fn save(idp: &Idp, tx: &mut Tx, domain: &mut OrganizationDomain) -> Result<()> {
    rows::save(tx, domain, store::now(idp.env()))
        .await
        .map_err(taken)?;
    emit(idp, tx, "organizationDomain.updated", domain).await
}

fn taken(error: Error) -> Error {
    let Error::Database(database) = &error else {
        return error;
    };
    let text = match database.constraint() {
        Some("organization_domains_own") => "The organization has this domain already.",
        Some("organization_domains_verified") => {
            "The domain is already verified by another organization."
        }
        _ => return error,
    };
    let code = "organization_domain_already_exists";
    Refusal::new(StatusCode::BAD_REQUEST, code, text)
        .param("name")
        .into()
}

async fn emit(idp: &Idp, tx: &mut Tx, event: &str, domain: &OrganizationDomain) -> Result<()> {
    webhooks::emit(tx, idp.env(), event, &resource(idp, domain)).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_are_told_from_anything_else() {
        assert_eq!(name(" Northwind.Example ").unwrap(), "northwind.example");
        for bad in [
            "",
            "localhost",
            "a..b",
            "-a.example",
            "a_b.example",
            "ada@x.example",
            "https://x.example",
            "10.0.0.1",
            "x.example\r\n",
            "é.example",
            &format!("{}.example", "a".repeat(64)),
        ] {
            let refusal = name(bad).err();
            // What is around the name does not count, what is in it does.
            assert!(refusal.is_some() || bad == "x.example\r\n", "{bad}");
        }
        for common in ["gmail.com", "GMAIL.com", "outlook.com", "mailinator.com"] {
            let refusal = name(common).unwrap_err();
            assert_eq!(
                refusal.errors[0].code, "organization_domain_common",
                "{common}"
            );
        }
    }
}

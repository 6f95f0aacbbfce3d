//! What the form of a new organization begins with.

use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};

use crate::domain::{names, providers};
use crate::error::{Refusal, Result};
use crate::frontend::Frontend;
use crate::frontend::request::Meta;
use crate::frontend::visit::Visit;
use crate::store::Page;
use crate::store::organization_domains::{DomainFilter, DomainKey, list as search};
use crate::store::search::Order;

/// `GET /v1/me/organization_creation_defaults`: a name that the user's address suggests, and
/// whether an organization with that domain exists. Signed in; 401 otherwise, 403 where the
/// instance suggests nothing.
pub async fn get(State(frontend): State<Frontend>, meta: Meta) -> Result<Response> {
    if !frontend.idp.settings().organizations.creation_defaults {
        let text = "Defaults of new organizations are not enabled for this instance.";
        return Err(Refusal::forbidden(text).into());
    }
    let mut visit = Visit::read(&frontend, meta).await?;
    let (_, person) = visit.signed_in().await?;
    let address = person
        .primary_email()
        .filter(|email| email.verified_at.is_some());
    let domain = address
        .and_then(|email| email.address.rsplit_once('@'))
        .map(|(_, domain)| domain.to_lowercase())
        .filter(|domain| !providers::is_common(domain));
    let name = match &domain {
        Some(domain) => title(domain.split('.').next().unwrap_or_default()),
        None => format!("{}'s organization", person.display_name()),
    };
    let advisory = match domain {
        Some(domain) => existing(&mut visit, domain).await?,
        None => Value::Null,
    };
    let form = json!({
        "name": name,
        "slug": names::suggest_slug(&name),
        "logo": null,
        "blur_hash": null,
    });
    visit
        .answer(json!({ "form": form, "advisory": advisory }))
        .await
}

fn title(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

async fn existing(visit: &mut Visit, domain: String) -> Result<Value> {
    let filter = DomainFilter {
        is_verified: Some(true),
        names: vec![domain.clone()],
        ..DomainFilter::default()
    };
    let newest = Order {
        key: DomainKey::CreatedAt,
        descending: true,
    };
    let one = Page::new(Some(1), None);
    let (found, _) = search(&mut visit.tx, &filter, newest, one).await?;
    Ok(found.first().map_or(Value::Null, |row| {
        json!({
            "code": "organization_already_exists",
            "severity": "warning",
            "meta": { "organization_name": row.organization.name, "organization_domain": domain },
        })
    }))
}

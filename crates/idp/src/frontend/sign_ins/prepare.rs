//! A code for an attempt to sign in.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;

use super::{Strategy, admitted, answer, external, find_open};
use crate::domain::verifications;
use crate::error::{Refusal, Result};
use crate::frontend::Frontend;
use crate::frontend::fields::Form;
use crate::frontend::request::Meta;
use crate::frontend::social;
use crate::frontend::visit::Visit;
use crate::model::user::Person;
use crate::store::sign_ins::{self as rows, SignIn};

/// `POST /v1/client/sign_ins/{id}/prepare_first_factor`: sends a code. An attempt of this browser
/// that is under way; 404 otherwise. Rate limited, by browser and by mailbox.
pub async fn prepare(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
    Form(form): Form,
) -> Result<Response> {
    frontend.idp.limits().attempt(&meta.address)?;
    let strategy = form.require("strategy")?;
    if social::is_oauth(strategy) {
        return external::prepare(&frontend, &id, meta, &form, strategy).await;
    }
    let strategy = Strategy::read(strategy)?;
    let mut visit = Visit::write(&frontend, meta).await?;
    let mut sign_in = find_open(&mut visit, &id, "needs_first_factor").await?;
    let person = admitted(&mut visit, sign_in.user_id.as_deref()).await?;
    let email_id = match form.get("email_address_id") {
        Some(id) => id.to_owned(),
        None => person
            .user
            .primary_email_address_id
            .clone()
            .unwrap_or_default(),
    };
    ask(&mut visit, &mut sign_in, &person, strategy, &email_id).await?;
    answer(visit, &sign_in, Some(&person)).await
}

/// Asks for a code at a verified address of the person. A password needs no preparation.
pub async fn ask(
    visit: &mut Visit,
    sign_in: &mut SignIn,
    person: &Person,
    strategy: Strategy,
    email_id: &str,
) -> Result<()> {
    if strategy == Strategy::Password {
        return Ok(());
    }
    let email = person.emails.iter().find(|email| email.id == email_id);
    let Some(email) = email.filter(|email| email.verified_at.is_some()) else {
        let text = "The email address is not one of this account.";
        let status = StatusCode::NOT_FOUND;
        return Err(Refusal::new(status, "resource_not_found", text)
            .param("email_address_id")
            .into());
    };
    let idp = visit.idp.clone();
    let (verification, mail) =
        verifications::ask(&idp, &mut visit.tx, strategy.as_str(), &email.address).await?;
    sign_in.first_factor_verification = Some(verification);
    sign_in.first_factor_email_address_id = Some(email.id.clone());
    rows::save(&mut visit.tx, sign_in, visit.now).await?;
    visit.send(mail);
    Ok(())
}

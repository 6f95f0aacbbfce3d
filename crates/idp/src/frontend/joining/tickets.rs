//! The link of an invitation.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use bailiwick_pg::Tx;
use url::Url;

use crate::config::IdpConfig;
use crate::domain::people;
use crate::domain::tickets;
use crate::error::{Error, Result};
use crate::frontend::Frontend;
use crate::frontend::redirects;
use crate::frontend::request::Meta;
use crate::frontend::visit::Visit;
use crate::model::user::Person;
use crate::secrets;
use crate::store::{login_tokens, sessions, users};

/// `GET /v1/tickets/accept`: leads to the page on which whoever has the ticket goes on, to sign up
/// or in; where its holder is signed in already, accepts it. Public: the ticket is the proof. 400
/// for one that opens nothing.
pub async fn accept(State(frontend): State<Frontend>, meta: Meta) -> Result<Response> {
    frontend.idp.limits().attempt(&meta.address)?;
    let text = meta.query.require("ticket")?.to_owned();
    // Only what is signed has parts.
    if !text.contains('.') {
        return login(&frontend, meta, &text).await;
    }
    let ticket = tickets::read(&frontend.idp, &text)?;
    let mut visit = Visit::write(&frontend, meta).await?;
    let idp = visit.idp.clone();
    let admission = tickets::admit(&idp, &mut visit.tx, &ticket).await?;
    let user_id = users::find_by_email(&mut visit.tx, &admission.email_address)
        .await?
        .map(|(id, _)| id);
    let signed_in = match &user_id {
        Some(id) => here(&mut visit, id).await?,
        None => None,
    };
    let (status, page) = match (&user_id, &signed_in) {
        (_, Some(_)) => ("complete", "/"),
        (Some(_), None) => ("sign_in", "/sign-in"),
        (None, _) => ("sign_up", "/sign-up"),
    };
    let named = admission.redirect_url.as_deref();
    let mut target = target(&mut visit.tx, idp.config(), named, page).await?;
    if let Some(person) = signed_in {
        tickets::redeem(&idp, &mut visit.tx, &ticket, &person).await?;
        target
            .query_pairs_mut()
            .append_pair("__clerk_status", status);
    } else {
        target
            .query_pairs_mut()
            .append_pair("__clerk_ticket", &text)
            .append_pair("__clerk_status", status);
    }
    visit.commit().await?;
    Ok(Redirect::to(target.as_str()).into_response())
}

/// The same for a token that a server made for one user: the page on which it signs in.
async fn login(frontend: &Frontend, meta: Meta, text: &str) -> Result<Response> {
    let mut visit = Visit::read(frontend, meta).await?;
    let token = login_tokens::find_by_digest_locked(&mut visit.tx, &secrets::digest(text))
        .await?
        .ok_or_else(tickets::invalid)?;
    let config = visit.idp.config();
    let named = token.redirect_url.as_deref();
    let mut target = target(&mut visit.tx, config, named, "/sign-in").await?;
    target
        .query_pairs_mut()
        .append_pair("__clerk_ticket", text)
        .append_pair("__clerk_status", "sign_in");
    Ok(Redirect::to(target.as_str()).into_response())
}

/// Where a link leads that names its target, else a page of the application's own. A name may be
/// older than the settings: what led home then may lead away now.
async fn target(tx: &mut Tx, config: &IdpConfig, named: Option<&str>, page: &str) -> Result<Url> {
    match named {
        Some(url) => redirects::permitted(tx, config, url, "redirect_url").await,
        None => Url::parse(&format!("{}{page}", config.home_url))
            .map_err(|error| Error::Internal(format!("the home URL: {error}"))),
    }
}

/// The user, if signed in in this browser and allowed to be.
async fn here(visit: &mut Visit, user_id: &str) -> Result<Option<Person>> {
    let Some(client) = visit.client.clone() else {
        return Ok(None);
    };
    let live = sessions::list_live_by_client(&mut visit.tx, &client.id, visit.now).await?;
    if !live.iter().any(|session| session.user_id == user_id) {
        return Ok(None);
    }
    let person = people::find(&mut visit.tx, user_id).await?;
    Ok(person.filter(|person| !person.user.banned))
}

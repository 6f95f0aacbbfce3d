//! `/v1/me/external_accounts`: the signed-in user's accounts at other providers.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use serde_json::Value;

use super::{Departure, show};
use crate::domain::{external_accounts as acts, people};
use crate::error::{Refusal, Result};
use crate::frontend::Frontend;
use crate::frontend::fields::Form;
use crate::frontend::me::answer_person;
use crate::frontend::request::Meta;
use crate::frontend::visit::Visit;
use crate::model::external_account::external_account;
use crate::store::external_accounts::{self as rows, ExternalAccount};
use crate::store::oauth_flows::Flow;

/// The most accounts of a user.
const MAX: usize = 50;

/// `POST /v1/me/external_accounts`: begins to connect an account. Signed in; 401 otherwise. Rate
/// limited.
pub async fn create(
    State(frontend): State<Frontend>,
    meta: Meta,
    Form(form): Form,
) -> Result<Response> {
    let idp = frontend.idp.clone();
    idp.limits().attempt(&meta.address)?;
    let departure = Departure::read(&idp, &form, form.require("strategy")?).await?;
    let mut visit = Visit::write(&frontend, meta).await?;
    let (_, person) = visit.signed_in().await?;
    let person = people::get_locked(&mut visit.tx, &person.user.id).await?;
    let user_id = person.user.id;
    // What was begun and not ended gives way.
    rows::delete_pending(&mut visit.tx, &user_id, &departure.provider.key).await?;
    if person.external_accounts.len() >= MAX {
        return Err(Refusal::forbidden("You cannot connect more accounts.").into());
    }
    let account = acts::blank(&idp, &user_id, &departure.provider, visit.now);
    let flow = departure
        .leave(&mut visit, "link", &account.id, Some(&user_id))
        .await?;
    let account = ExternalAccount {
        expire_at: flow.expire_at,
        ..account
    };
    rows::insert(&mut visit.tx, &account).await?;
    answer(visit, &account, &flow).await
}

/// `PATCH /v1/me/external_accounts/{id}/reauthorize`: asks the provider again, for more scopes or
/// because it forgot us. An own account; 404 otherwise. Rate limited.
pub async fn reauthorize(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
    Form(form): Form,
) -> Result<Response> {
    let idp = frontend.idp.clone();
    idp.limits().attempt(&meta.address)?;
    // Whose it is decides where to ask, so it is looked up before, and again after.
    let mut visit = Visit::read(&frontend, meta.clone()).await?;
    let (_, person) = visit.signed_in().await?;
    let strategy = own(&person.external_accounts, &id)?.strategy();
    drop(visit);
    let departure = Departure::read(&idp, &form, &strategy).await?;
    let mut visit = Visit::write(&frontend, meta).await?;
    let (_, person) = visit.signed_in().await?;
    let account = own(&person.external_accounts, &id)?.clone();
    let flow = departure
        .leave(&mut visit, "link", &id, Some(&person.user.id))
        .await?;
    answer(visit, &account, &flow).await
}

/// `DELETE /v1/me/external_accounts/{id}`: disconnects. An own account; 404 otherwise. 403 for the
/// last way to sign in.
pub async fn delete(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
) -> Result<Response> {
    let mut visit = Visit::write(&frontend, meta).await?;
    let (_, person) = visit.signed_in().await?;
    let mut person = people::get_locked(&mut visit.tx, &person.user.id).await?;
    if acts::is_last_way_in(&person, &id) {
        let text = "You cannot disconnect your only way to sign in.";
        let code = "identification_deletion_failed";
        return Err(Refusal::new(StatusCode::FORBIDDEN, code, text).into());
    }
    let idp = visit.idp.clone();
    let gone = acts::disconnect(&idp, &mut visit.tx, &mut person, &id).await?;
    visit.answer(gone).await
}

/// `DELETE /v1/me/external_accounts/{id}/tokens`: forgets what the provider lets us do in the
/// user's name. An own account; 404 otherwise.
pub async fn revoke_tokens(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
) -> Result<Response> {
    let mut visit = Visit::write(&frontend, meta).await?;
    let (_, person) = visit.signed_in().await?;
    let mut person = people::get_locked(&mut visit.tx, &person.user.id).await?;
    own(&person.external_accounts, &id)?;
    let now = visit.now;
    for account in &mut person.external_accounts {
        if account.id == id {
            account.tokens = None;
            rows::save(&mut visit.tx, account, now).await?;
        }
    }
    answer_person(visit, person).await
}

fn own<'a>(accounts: &'a [ExternalAccount], id: &str) -> Result<&'a ExternalAccount, Refusal> {
    let own = accounts.iter().find(|account| account.id == id);
    own.ok_or_else(|| Refusal::not_found("External account"))
}

async fn answer(visit: Visit, account: &ExternalAccount, flow: &Flow) -> Result<Response> {
    let mut value: Value = external_account(account, visit.now);
    value["verification"] = show(&visit, flow);
    visit.answer(value).await
}

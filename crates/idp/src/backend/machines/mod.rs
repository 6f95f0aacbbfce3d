//! Machines: programs that call each other in their own name.

mod create;
mod read;
mod scopes;
mod secret;
mod update;

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::routing::{delete, get, post};
use bailiwick_pg::Tx;
use serde_json::Value;

use super::form::Form;
use super::state::Backend;
use crate::derived;
use crate::error::{Refusal, Result};
use crate::instance::Idp;
use crate::model;
use crate::store::machines::{self as rows, Machine};

/// How long tokens live, in seconds.
const TTL: std::ops::RangeInclusive<i64> = 1..=315_360_000;
/// The same where nothing is said.
const DEFAULT_TTL: i64 = 3600;

/// The routes under `/machines`.
pub(super) fn router() -> Router<Arc<Backend>> {
    Router::new()
        .route("/machines", get(read::list).post(create::create))
        .route(
            "/machines/{id}",
            get(read::get).patch(update::update).delete(update::delete),
        )
        .route("/machines/{id}/secret_key", get(secret::get))
        .route("/machines/{id}/secret_key/rotate", post(secret::rotate))
        .route("/machines/{id}/scopes", post(scopes::create))
        .route("/machines/{id}/scopes/{other}", delete(scopes::delete))
}

/// The secret of a machine in its generation.
fn secret_of(idp: &Idp, machine: &Machine) -> String {
    derived::secret(idp, "ak", &machine.id, machine.generation)
}

fn ttl(form: &mut Form) -> Option<i64> {
    let ttl = form.count("default_token_ttl").flatten();
    if ttl.is_some_and(|ttl| !TTL.contains(&ttl)) {
        let text = "default_token_ttl must be a number from 1 to 315360000.";
        form.refuse(Refusal::format("default_token_ttl", text));
    }
    ttl
}

fn check_name(form: &mut Form, name: &str) {
    if name.chars().count() > 255 {
        form.refuse(Refusal::format(
            "name",
            "name is longer than 255 characters.",
        ));
    }
}

/// Machines as this API shows them: each with those that it may present its tokens to.
async fn show(idp: &Idp, tx: &mut Tx, machines: &[Machine]) -> Result<Vec<Value>> {
    let ids: Vec<String> = machines.iter().map(|machine| machine.id.clone()).collect();
    let scopes = rows::scopes(tx, &ids).await?;
    let mut others: Vec<String> = scopes.iter().map(|(_, to)| to.clone()).collect();
    others.sort_unstable();
    others.dedup();
    let others: HashMap<String, Machine> = rows::load(tx, &others)
        .await?
        .into_iter()
        .map(|machine| (machine.id.clone(), machine))
        .collect();
    let shown = machines.iter().map(|machine| {
        let own = scopes.iter().filter(|(from, _)| *from == machine.id);
        let scoped: Vec<&Machine> = own.filter_map(|(_, to)| others.get(to)).collect();
        model::machine::with_scopes(machine, &scoped, idp.keys().instance_id())
    });
    Ok(shown.collect())
}

/// One machine as this API shows it.
async fn show_one(idp: &Idp, tx: &mut Tx, machine: &Machine) -> Result<Value> {
    let shown = show(idp, tx, std::slice::from_ref(machine)).await?;
    Ok(shown.into_iter().next().unwrap_or_default())
}

async fn find_locked(tx: &mut Tx, id: &str) -> Result<Machine> {
    Ok(rows::find_locked(tx, id).await?.ok_or_else(not_found)?)
}

fn not_found() -> Refusal {
    Refusal::not_found("Machine")
}

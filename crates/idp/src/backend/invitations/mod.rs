//! Invitations to the application.

mod create;
mod list;
mod revoke;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use bailiwick_pg::Tx;

use super::form::Form;
use super::state::Backend;
use crate::config::IdpConfig;
use crate::domain::names;
use crate::error::{Refusal, Result};
use crate::frontend::redirects;

/// The routes under `/invitations`.
pub(super) fn router() -> Router<Arc<Backend>> {
    Router::new()
        .route("/invitations", get(list::list).post(create::create))
        .route("/invitations/bulk", post(create::bulk))
        .route("/invitations/{id}/revoke", post(revoke::revoke))
}

/// What every kind of invitation is asked for with.
pub(super) struct Terms {
    pub(super) email_address: String,
    pub(super) redirect_url: Option<String>,
    pub(super) expires_in_days: Option<u16>,
    pub(super) notify: bool,
}

/// Takes out of the form whom to invite, for how long, with a mail or without, and where it leads;
/// whether it may lead there says [`check_target`].
pub(super) fn terms(form: &mut Form) -> Terms {
    let address = form.required("email_address");
    let email_address = match names::email(&address, "email_address") {
        Ok(address) => address,
        Err(refusal) => {
            if !address.is_empty() {
                form.refuse(refusal);
            }
            String::new()
        }
    };
    let redirect_url = form.name("redirect_url").flatten();
    let days = form.count("expires_in_days").flatten();
    if days.is_some_and(|days| !(1..=365).contains(&days)) {
        let text = "expires_in_days must be from 1 to 365.";
        form.refuse(Refusal::format("expires_in_days", text));
    }
    Terms {
        email_address,
        redirect_url,
        expires_in_days: days.and_then(|days| u16::try_from(days).ok()),
        notify: form.boolean("notify").unwrap_or(true),
    }
}

/// Refuses an invitation that would lead where none may: 422.
pub(super) async fn check_target(
    tx: &mut Tx,
    config: &IdpConfig,
    redirect_url: Option<&str>,
) -> Result<()> {
    if let Some(url) = redirect_url {
        redirects::permitted(tx, config, url, "redirect_url").await?;
    }
    Ok(())
}

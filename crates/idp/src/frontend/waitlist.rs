//! `POST /v1/waitlist`

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::Frontend;
use super::fields::Form;
use super::request::Meta;
use crate::domain::{messages, names, waitlist};
use crate::error::Result;

/// Puts an address on the waitlist, with a mail that says so; one that is there stays as it is,
/// and the answer does not tell which it was. Without an envelope. Anybody; 429 for who asks too
/// often.
pub async fn join(
    State(frontend): State<Frontend>,
    meta: Meta,
    Form(form): Form,
) -> Result<Json<Value>> {
    let idp = &frontend.idp;
    idp.limits().attempt(&meta.address)?;
    let address = names::email(form.require("email_address")?, "email_address")?;
    let mut tx = idp.pool().begin().await?;
    let (entry, mail) = waitlist::join(idp, &mut tx, &address, true).await?;
    messages::announce(idp, &mut tx, mail.as_slice()).await?;
    tx.commit().await?;
    if let Some(mail) = mail {
        idp.mailer().deliver(mail).await?;
    }
    Ok(Json(json!({ "object": "waitlist_entry", "id": entry.id })))
}

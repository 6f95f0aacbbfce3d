//! `POST /v1/me/change_password` and `POST /v1/me/remove_password`

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;

use crate::domain::passwords::is_compromised;
use crate::domain::sessions::{self as session_acts, End};
use crate::domain::users;
use crate::error::{Refusal, Result};
use crate::frontend::fields::Form;
use crate::frontend::me::answer_person;
use crate::frontend::request::Meta;
use crate::frontend::visit::Visit;
use crate::frontend::{Frontend, sign_ins};
use crate::model::first_factors;
use crate::passwords;
use crate::store::sessions;

/// Sets a new password. The current one must be given by whoever has one, unless a fresh factor
/// is demanded instead. Signed in; 401 otherwise. 422 for a wrong one, which counts towards the lock of the account, and for a new
/// one that breaks the rules. Rate limited.
pub async fn change(
    State(frontend): State<Frontend>,
    meta: Meta,
    Form(form): Form,
) -> Result<Response> {
    let idp = frontend.idp.clone();
    idp.limits().attempt(&meta.address)?;
    let settings = idp.settings();
    let rules = &settings.identification.password;
    if !rules.enabled {
        let text = "Passwords are not enabled for this instance.";
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        let refusal = Refusal::new(status, "form_param_unknown", text);
        return Err(refusal.param("new_password").into());
    }
    let new = form.require("new_password")?;
    passwords::check_rules(rules, new, "new_password")?;
    let current = prove(&frontend, &meta, form.get("current_password")).await?;
    let digest = idp.passwords().hash(new).await?;

    let mut visit = Visit::write(&frontend, meta).await?;
    let (session, mut person) = visit.signed_in_locked().await?;
    if !current.holds(person.user.password_digest.as_ref()) {
        return sign_ins::fail(visit, &person, incorrect()).await;
    }
    person.user.password_digest = Some(digest);
    person.user.password_updated_at = Some(visit.now);
    users::update(&idp, &mut visit.tx, &mut person).await?;
    if form.flag("sign_out_of_other_sessions") {
        let user_id = &person.user.id;
        let live = sessions::list_live_by_user(&mut visit.tx, user_id, visit.now).await?;
        for other in live.iter().filter(|other| other.id != session.id) {
            session_acts::end(&idp, &mut visit.tx, &other.id, End::Revoked).await?;
        }
    }
    answer_person(visit, person).await
}

/// Removes the password. Signed in; 401 otherwise. 422 for a wrong one, 400 where the instance
/// requires passwords or there is no other way to sign in. Rate limited.
pub async fn remove(
    State(frontend): State<Frontend>,
    meta: Meta,
    Form(form): Form,
) -> Result<Response> {
    let idp = frontend.idp.clone();
    idp.limits().attempt(&meta.address)?;
    let refused = |code: &str, text: &str| Refusal::new(StatusCode::BAD_REQUEST, code, text);
    let settings = idp.settings();
    if settings.identification.password.required {
        let text = "A password is required by this instance.";
        return Err(refused("password_required", text).into());
    }
    let current = prove(
        &frontend,
        &meta,
        Some(form.get("current_password").unwrap_or_default()),
    )
    .await?;
    let mut visit = Visit::write(&frontend, meta).await?;
    let (_, mut person) = visit.signed_in_locked().await?;
    if person.user.password_digest.is_none() {
        return Err(refused("no_password_set", "This account has no password.").into());
    }
    if !current.holds(person.user.password_digest.as_ref()) {
        return sign_ins::fail(visit, &person, incorrect()).await;
    }
    person.user.password_digest = None;
    person.user.password_updated_at = Some(visit.now);
    let by_provider = !person.external_accounts.is_empty();
    if first_factors::of(&settings, &person).is_empty() && !by_provider {
        let text = "You would have no way left to sign in.";
        return Err(refused("last_first_factor", text).into());
    }
    users::update(&idp, &mut visit.tx, &mut person).await?;
    answer_person(visit, person).await
}

/// What was found out about the current password, before a transaction was held.
struct Current {
    is_right: bool,
    digest: Option<String>,
}

impl Current {
    /// Whether it was right, and nobody changed the password since.
    fn holds(&self, digest: Option<&String>) -> bool {
        self.is_right && self.digest.as_ref() == digest
    }
}

async fn prove(frontend: &Frontend, meta: &Meta, given: Option<&str>) -> Result<Current> {
    let mut visit = Visit::read(frontend, meta.clone()).await?;
    let (_, person) = visit.signed_in().await?;
    drop(visit);
    let is_compromised = is_compromised(&person);
    let digest = person.user.password_digest;
    // Where a fresh factor is demanded of the request itself, components do not ask for the
    // password besides; and one that others know proves nothing.
    let is_optional = is_compromised || frontend.idp.settings().factors.reverification;
    let given = match given {
        Some(given) if digest.is_some() => given,
        None if digest.is_some() && !is_optional => {
            return Err(Refusal::missing("current_password").into());
        }
        _ => {
            return Ok(Current {
                is_right: true,
                digest,
            });
        }
    };
    let passwords = frontend.idp.passwords();
    let is_right = passwords.verify(given, digest.as_deref()).await?;
    Ok(Current { is_right, digest })
}

fn incorrect() -> Refusal {
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    let text = "Password is incorrect. Try again.";
    Refusal::new(status, "form_password_incorrect", text).param("current_password")
}

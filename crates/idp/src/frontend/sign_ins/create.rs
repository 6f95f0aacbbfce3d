//! The beginning of an attempt to sign in.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;

use super::{
    LIFETIME, Strategy, admitted_or_nobody, answer, complete, external, fail, password_incorrect,
    prepare,
};
use crate::domain::{names, passwords, people};
use crate::error::{Refusal, Result};
use crate::frontend::Frontend;
use crate::frontend::fields::{Fields, Form};
use crate::frontend::request::Meta;
use crate::frontend::social;
use crate::frontend::visit::Visit;
use crate::ids;
use crate::instance::Idp;
use crate::store::sign_ins::{self as rows, SignIn};
use crate::store::users;

/// The longest identifier that is looked for.
const MAX_IDENTIFIER: usize = 254;

/// `POST /v1/client/sign_ins`: who signs in, and the password where the browser filled it in.
/// Public, rate limited. An unknown identifier is told, as at Clerk; with a password, after the
/// same work as a known one.
pub async fn create(
    State(frontend): State<Frontend>,
    meta: Meta,
    Form(form): Form,
) -> Result<Response> {
    frontend.idp.limits().attempt(&meta.address)?;
    if form.flag("transfer") {
        return external::transfer(&frontend, meta).await;
    }
    if let Some(strategy) = form.get("strategy").filter(|text| social::is_oauth(text)) {
        return external::begin(&frontend, meta, &form, strategy).await;
    }
    refuse_unknown(&form)?;
    if let Some(text) = form.get("ticket") {
        return super::ticket::begin(&frontend, meta, text).await;
    }
    let idp = &frontend.idp;
    let request = prepare::Request::read(idp, &form)?;
    let Some(identifier) = form.get("identifier").map(str::trim) else {
        return match request {
            Some(_) => Err(Refusal::missing("identifier").into()),
            None => begin(&frontend, meta).await,
        };
    };
    if identifier.len() > MAX_IDENTIFIER || identifier.contains(char::is_control) {
        return Err(Refusal::format("identifier", "Identifier is invalid.").into());
    }
    let password = form
        .get("password")
        .filter(|_| Strategy::Password.is_offered(&idp.settings()));
    let wanted = request.as_ref().map(|request| request.strategy);
    if wanted == Some(Strategy::Password) && password.is_none() {
        return Err(Refusal::missing("password").into());
    }
    let known = look_up(idp, identifier).await?;
    let proof = match password {
        Some(password) => {
            let digest = known.as_ref().and_then(|known| known.digest.as_deref());
            Some(idp.passwords().prove(password, digest).await?)
        }
        None => None,
    };
    let is_secret = idp.settings().identification.enumeration_protection;
    if known.is_none() && !is_secret {
        return Err(not_found().into());
    }
    let user_id = known.as_ref().map(|known| known.user_id.as_str());

    let mut visit = Visit::write(&frontend, meta).await?;
    let mut sign_in = blank(&visit, identifier, user_id);
    if let Some(proof) = proof {
        let person = admitted_or_nobody(&mut visit, user_id).await?;
        let (Some(mut person), Some(known)) = (person, known) else {
            return Err(password_incorrect().into());
        };
        // The digest may have changed while the password was compared with the old one.
        if !proof.is_right || person.user.password_digest != known.digest {
            return fail(visit, &person, password_incorrect()).await;
        }
        register(&mut visit, &mut sign_in).await?;
        passwords::upgrade(&mut visit.tx, &mut person, proof.better).await?;
        complete::by_password(&mut visit, &mut sign_in, &mut person).await?;
        return answer(visit, &sign_in, Some(&person)).await;
    }
    register(&mut visit, &mut sign_in).await?;
    let person = match &request {
        Some(request) => {
            let person = admitted_or_nobody(&mut visit, user_id).await?;
            let target = known
                .as_ref()
                .and_then(|known| known.target.as_ref())
                .filter(|target| target.is_phone == request.strategy.is_by_phone())
                .map(|target| target.id.as_str());
            prepare::ask(&mut visit, &mut sign_in, person.as_ref(), request, target).await?;
            person
        }
        None => match user_id {
            Some(user_id) => people::find(&mut visit.tx, user_id).await?,
            None => None,
        },
    };
    answer(visit, &sign_in, person.as_ref()).await
}

/// An attempt of nobody yet.
async fn begin(frontend: &Frontend, meta: Meta) -> Result<Response> {
    let mut visit = Visit::write(frontend, meta).await?;
    let mut sign_in = nameless(&visit);
    register(&mut visit, &mut sign_in).await?;
    answer(visit, &sign_in, None).await
}

struct Known {
    user_id: String,
    /// The address or number that was named.
    target: Option<Target>,
    digest: Option<String>,
}

struct Target {
    id: String,
    is_phone: bool,
}

/// Who goes by an identifier of one of the kinds that the instance has.
async fn look_up(idp: &Idp, identifier: &str) -> Result<Option<Known>> {
    let settings = idp.settings();
    let rules = &settings.identification;
    let mut tx = idp.pool().begin().await?;
    let found = if identifier.contains('@') {
        let row = match rules.email_address.enabled {
            true => users::find_by_email(&mut tx, identifier).await?,
            false => None,
        };
        row.map(|(user_id, id)| {
            (
                user_id,
                Some(Target {
                    id,
                    is_phone: false,
                }),
            )
        })
    } else if let Ok(number) = names::phone(identifier, "identifier") {
        let row = match rules.phone_number.enabled && rules.phone_number.code_sign_in {
            true => users::find_by_phone(&mut tx, &number).await?,
            false => None,
        };
        row.map(|(user_id, id)| (user_id, Some(Target { id, is_phone: true })))
    } else if rules.username.enabled {
        let user_id = users::find_by_username(&mut tx, identifier).await?;
        user_id.map(|user_id| (user_id, None))
    } else {
        None
    };
    let Some((user_id, target)) = found else {
        return Ok(None);
    };
    let user = users::find(&mut tx, &user_id).await?;
    Ok(user.map(|user| Known {
        user_id,
        target,
        digest: user.password_digest,
    }))
}

pub(super) fn not_found() -> Refusal {
    let text = "Couldn't find your account.";
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    Refusal::new(status, "form_identifier_not_found", text).param("identifier")
}

fn refuse_unknown(form: &Fields) -> Result<(), Refusal> {
    if form.get("token").is_some() {
        let text = "token is not enabled for this instance.";
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return Err(Refusal::new(status, "form_param_unknown", text).param("token"));
    }
    Ok(())
}

/// A new attempt; its client is filled in when it is registered.
pub(super) fn blank(visit: &Visit, identifier: &str, user_id: Option<&str>) -> SignIn {
    SignIn {
        status: "needs_first_factor".to_owned(),
        identifier: Some(identifier.to_owned()),
        user_id: user_id.map(str::to_owned),
        ..nameless(visit)
    }
}

/// An attempt of nobody yet, which is not stored.
pub(super) fn nameless(visit: &Visit) -> SignIn {
    let id = ids::new(visit.idp.env(), ids::Kind::SignIn);
    let abandon_at = visit.now.saturating_add(LIFETIME).unwrap_or(visit.now);
    SignIn::new(id, visit.now, abandon_at)
}

/// Stores the attempt as the browser's current one.
pub(super) async fn register(visit: &mut Visit, sign_in: &mut SignIn) -> Result<()> {
    sign_in.client_id = visit.client().await?.id.clone();
    rows::insert(&mut visit.tx, sign_in).await?;
    let client = visit.client().await?;
    client.sign_in_id = Some(sign_in.id.clone());
    client.sign_up_id = None;
    visit.save_client().await
}

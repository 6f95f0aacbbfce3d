//! A code or a link for an attempt to sign in.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use url::Url;

use super::{Strategy, admitted_or_nobody, answer, external, find_open};
use crate::domain::verifications::{self, LinkRequest};
use crate::error::{Refusal, Result};
use crate::frontend::fields::{Fields, Form};
use crate::frontend::request::Meta;
use crate::frontend::social;
use crate::frontend::visit::Visit;
use crate::frontend::{Frontend, redirects};
use crate::instance::Idp;
use crate::model::user::Person;
use crate::store::sign_ins::{self as rows, SignIn};

/// `POST /v1/client/sign_ins/{id}/prepare_first_factor`: sends a code or a link. An attempt of
/// this browser that is under way; 404 otherwise. Rate limited, by browser and by receiver.
pub async fn prepare(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
    Form(form): Form,
) -> Result<Response> {
    frontend.idp.limits().attempt(&meta.address)?;
    if let Some(strategy) = form.get("strategy").filter(|text| social::is_oauth(text)) {
        return external::prepare(&frontend, &id, meta, &form, strategy).await;
    }
    let request = Request::read(&frontend.idp, &form)?;
    let request = request.ok_or_else(|| Refusal::missing("strategy"))?;
    let mut visit = Visit::write(&frontend, meta).await?;
    let mut sign_in = find_open(&mut visit, &id, "needs_first_factor").await?;
    let person = admitted_or_nobody(&mut visit, sign_in.user_id.as_deref()).await?;
    let target = form.get(request.strategy.target());
    ask(&mut visit, &mut sign_in, person.as_ref(), &request, target).await?;
    answer(visit, &sign_in, person.as_ref()).await
}

/// What is asked for.
pub struct Request {
    /// How the factor is to be given.
    pub strategy: Strategy,
    /// Where a link leads to in the end.
    redirect_url: Option<Url>,
}

impl Request {
    /// Reads what a form asks for, if it names a strategy; 422 for one that is not offered, and
    /// for a link that would lead out of the application.
    pub fn read(idp: &Idp, form: &Fields) -> Result<Option<Self>, Refusal> {
        let Some(strategy) = form.get("strategy") else {
            return Ok(None);
        };
        let strategy = Strategy::read(&idp.settings(), strategy)?;
        let redirect_url = match strategy {
            Strategy::EmailLink => {
                let text = form.joined("redirect_url");
                let text = text.ok_or_else(|| Refusal::missing("redirect_url"))?;
                Some(redirects::read(idp.config(), &text, "redirect_url")?)
            }
            _ => None,
        };
        Ok(Some(Self {
            strategy,
            redirect_url,
        }))
    }
}

/// Asks for a factor of the person. `target` is where the message goes; without one, to the
/// primary address or number. Where it is kept secret who has an account, there may be no person,
/// and the message goes nowhere but to the identifier. A password needs no preparation.
pub async fn ask(
    visit: &mut Visit,
    sign_in: &mut SignIn,
    person: Option<&Person>,
    request: &Request,
    target: Option<&str>,
) -> Result<()> {
    let strategy = request.strategy;
    if strategy == Strategy::Password {
        return Ok(());
    }
    let is_secret = visit.idp.settings().identification.enumeration_protection;
    let receiver = if is_secret {
        person.and_then(|person| Receiver::of_identifier(person, strategy, sign_in))
    } else {
        let person = person.ok_or_else(|| Refusal::not_found("User"))?;
        Some(Receiver::chosen(person, strategy, target)?)
    };
    let idp = visit.idp.clone();
    // Nobody gets a message, and yet everything goes on as if somebody did.
    let to = match (&receiver, &sign_in.identifier) {
        (Some(receiver), _) => receiver.to.clone(),
        (None, Some(identifier)) => identifier.clone(),
        (None, None) => return Err(Refusal::not_found("User").into()),
    };
    let (verification, mail) = match &request.redirect_url {
        Some(redirect_url) => {
            let origin = visit.meta.origin.clone();
            let link = LinkRequest {
                slug: "magic_link_sign_in",
                address: &to,
                client_id: &sign_in.client_id,
                origin: origin.as_deref().unwrap_or(&idp.config().home_url),
                redirect_url,
            };
            verifications::ask_link(&idp, &mut visit.tx, link).await?
        }
        None => verifications::ask(&idp, &mut visit.tx, strategy.as_str(), &to).await?,
    };
    sign_in.first_factor_verification = Some(verification);
    sign_in.first_factor_email_address_id = None;
    sign_in.first_factor_phone_number_id = None;
    if let Some((receiver, person)) = receiver.zip(person) {
        visit.send(mail.owned(&person.user.id, &receiver.id));
        let slot = if strategy.is_by_phone() {
            &mut sign_in.first_factor_phone_number_id
        } else {
            &mut sign_in.first_factor_email_address_id
        };
        *slot = Some(receiver.id);
    }
    rows::save(&mut visit.tx, sign_in, visit.now).await
}

/// An address or a number of the person's own.
struct Receiver {
    id: String,
    to: String,
}

impl Receiver {
    /// All that a message of this strategy may go to, the primary one first.
    fn all(person: &Person, strategy: Strategy) -> Vec<Self> {
        let (primary, mut all): (_, Vec<Self>) = if strategy.is_by_phone() {
            let fit = person
                .phones
                .iter()
                .filter(|row| row.verified_at.is_some() && !row.reserved_for_second_factor);
            let all = fit.map(|row| Self {
                id: row.id.clone(),
                to: row.number.clone(),
            });
            (&person.user.primary_phone_number_id, all.collect())
        } else {
            let fit = person.emails.iter().filter(|row| row.verified_at.is_some());
            let all = fit.map(|row| Self {
                id: row.id.clone(),
                to: row.address.clone(),
            });
            (&person.user.primary_email_address_id, all.collect())
        };
        all.sort_by_key(|receiver| primary.as_ref() != Some(&receiver.id));
        all
    }

    fn chosen(person: &Person, strategy: Strategy, target: Option<&str>) -> Result<Self, Refusal> {
        let fits = |receiver: &Self| target.is_none_or(|id| id == receiver.id);
        let chosen = Self::all(person, strategy).into_iter().find(fits);
        chosen.ok_or_else(|| {
            let text = "There is no such verified identification of this account.";
            let status = StatusCode::NOT_FOUND;
            Refusal::new(status, "resource_not_found", text).param(strategy.target())
        })
    }

    fn of_identifier(person: &Person, strategy: Strategy, sign_in: &SignIn) -> Option<Self> {
        let identifier = sign_in.identifier.as_deref()?.to_lowercase();
        let all = Self::all(person, strategy).into_iter();
        let mut same = all.filter(|receiver| receiver.to.to_lowercase() == identifier);
        same.next()
    }
}

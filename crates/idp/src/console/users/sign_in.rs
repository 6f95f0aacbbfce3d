//! Signing in as a user: asked for on one page, handed out on the next.

use axum::Form;
use axum::extract::Path;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::layout::{self, Place};
use super::super::view::badge;
use super::super::{ROOT, State, people as names};
use crate::domain::login_tokens::{self, NewToken, Purpose};
use crate::domain::people;
use crate::error::{Refusal, Result};
use crate::instance::Idp;
use crate::model::user::Person;

/// How long a link can be used, in seconds.
const LINK_SECONDS: i64 = 600;
/// How long the session of somebody who acts for a user lasts, in seconds.
const ACTING_SECONDS: i64 = 1800;
/// Who acts where somebody does so from here: the console knows nobody by name.
const ACTOR: &str = "console";

/// In whose name the session is.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum As {
    /// Of somebody who acts for the user.
    Actor,
    /// Of the user alone.
    User,
}

/// What the form sends.
#[derive(Deserialize)]
pub(in super::super) struct How {
    r#as: As,
}

/// `GET …/sign-in`: what it means, before anything is made. For whoever is inside; 404 where there
/// is no such user.
pub(in super::super) async fn ask(state: State, Path(id): Path<String>) -> Result<Markup> {
    let mut tx = state.begin().await?;
    let person = people::find(&mut tx, &id)
        .await?
        .ok_or_else(|| Refusal::not_found("User"))?;
    tx.commit().await?;
    let name = names::name(&person);
    let body = html! {
        (head(&person, &name))
        section.card.narrow {
            form.body method="post" action={ (ROOT) "/users/" (id) "/sign-in" } {
                fieldset {
                    legend { "How do you want to be " (name) "?" }
                    label.choice {
                        input type="radio" name="as" value="actor" checked;
                        span {
                            b { "Act for them" } " " (badge("accent", "recorded"))
                            small {
                                "The session lasts " (ACTING_SECONDS / 60) " minutes. It and its tokens "
                                "name you as the actor, so that applications can tell, audit it, and refuse it."
                            }
                        }
                    }
                    label.choice {
                        input type="radio" name="as" value="user";
                        span {
                            b { "Be them" }
                            small {
                                "A session like any of their own, with what is left for them to do. "
                                "Nothing says that it was you."
                            }
                        }
                    }
                }
                p.warning {
                    "What you do there is done to " (name) "'s account, for good. The link works once, "
                    "for whoever has it."
                }
                p.actions {
                    button.primary type="submit" { "Make the link" }
                    a.button href={ (ROOT) "/users/" (id) } { "Cancel" }
                }
            }
        }
    };
    let title = format!("Sign in as {name}");
    Ok(layout::page(&state, Place::Users, &title, body))
}

/// `POST …/sign-in`: a link that signs a browser in as the user, once. 404 where there is no such
/// user, 422 where the form does not say how.
pub(in super::super) async fn make(
    state: State,
    Path(id): Path<String>,
    Form(how): Form<How>,
) -> Result<Markup> {
    let idp = &state.idp;
    let kind = how.r#as;
    let new = token(idp, &id, kind);
    let mut tx = state.begin().await?;
    let person = people::get_locked(&mut tx, &id).await?;
    let (_, ticket) = login_tokens::create(idp, &mut tx, new).await?;
    tx.commit().await?;
    let (name, url) = (names::name(&person), login_tokens::url(idp, &ticket));
    let body = html! {
        (head(&person, &name))
        section.card.narrow {
            div.body {
                p.warning role="status" {
                    @match kind {
                        As::Actor => { "Whoever opens this acts for " b { (name) } ". The session names the console as its actor." }
                        As::User => { "Whoever opens this is " b { (name) } ", and nothing tells them apart." }
                    }
                }
                p {
                    "The link signs one browser in, once, within " (LINK_SECONDS / 60) " minutes. Use another browser "
                    "or a private window to stay who you are in this one."
                }
                code.secret { (url) }
                p.actions {
                    a.button.primary href=(url) target="_blank" rel="noreferrer" { "Open as " (name) }
                    a.button href={ (ROOT) "/users/" (id) } { "Back" }
                }
            }
        }
    };
    let title = format!("Sign in as {name}");
    Ok(layout::page(&state, Place::Users, &title, body))
}

fn token(idp: &Idp, user_id: &str, how: As) -> NewToken {
    let (purpose, actor, session_seconds) = match how {
        As::Actor => (Purpose::Actor, Some(actor(idp)), Some(ACTING_SECONDS)),
        As::User => (Purpose::SignIn, None, None),
    };
    NewToken {
        purpose,
        user_id: user_id.to_owned(),
        organization_id: None,
        actor,
        session_seconds,
        redirect_url: None,
        lifetime: LINK_SECONDS,
    }
}

/// The claim `act`, as Clerk's own dashboard makes it: where somebody acts from, and who.
fn actor(idp: &Idp) -> Value {
    json!({ "iss": format!("{}{ROOT}", idp.config().issuer), "sub": ACTOR })
}

fn head(person: &Person, name: &str) -> Markup {
    html! {
        p.crumbs {
            a href={ (ROOT) "/users" } { "Users" } " / "
            a href={ (ROOT) "/users/" (person.user.id) } { (name) } " / Sign in"
        }
        div.head {
            div {
                h1 { "Sign in as " (name) }
                p { (person.identifier()) }
            }
        }
    }
}

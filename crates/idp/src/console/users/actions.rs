//! What can be done to a user.

use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};

use super::super::layout::{self, Place};
use super::super::{State, back, people as names};
use crate::domain::login_tokens::{self, NewToken, Purpose};
use crate::domain::{people, sessions, users};
use crate::error::Result;
use crate::store;
use crate::store::users::User;

/// How long a link to sign in as somebody can be used, in seconds.
const LINK_SECONDS: i64 = 600;

/// `POST …/ban`: ends all sessions and keeps the user out. 404 where there is no such user.
pub(in super::super) async fn ban(state: State, Path(id): Path<String>) -> Result<Response> {
    change(&state, &id, "banned", |user| user.banned = true).await
}

/// `POST …/unban`. 404 where there is no such user.
pub(in super::super) async fn unban(state: State, Path(id): Path<String>) -> Result<Response> {
    change(&state, &id, "unbanned", |user| user.banned = false).await
}

/// `POST …/lock`: for as long as too many wrong passwords would. 404 where there is no such user.
pub(in super::super) async fn lock(state: State, Path(id): Path<String>) -> Result<Response> {
    let duration = state.idp.config().lockout.duration;
    let until = store::now(state.idp.env()).checked_add(duration).ok();
    change(&state, &id, "locked", |user| user.locked_until = until).await
}

/// `POST …/unlock`: forgets the wrong passwords too. 404 where there is no such user.
pub(in super::super) async fn unlock(state: State, Path(id): Path<String>) -> Result<Response> {
    change(&state, &id, "unlocked", |user| {
        user.locked_until = None;
        user.failed_attempts = 0;
    })
    .await
}

async fn change(
    state: &State,
    id: &str,
    done: &str,
    change: impl FnOnce(&mut User),
) -> Result<Response> {
    let idp = &state.idp;
    let mut tx = state.begin().await?;
    let mut person = people::get_locked(&mut tx, id).await?;
    change(&mut person.user);
    users::update(idp, &mut tx, &mut person).await?;
    if person.user.banned {
        sessions::revoke_all(idp, &mut tx, id).await?;
    }
    tx.commit().await?;
    Ok(back(&format!("/console/users/{id}"), done))
}

/// `POST …/delete`. 404 where there is no such user.
pub(in super::super) async fn delete(state: State, Path(id): Path<String>) -> Result<Response> {
    let mut tx = state.begin().await?;
    users::delete(&state.idp, &mut tx, &id).await?;
    tx.commit().await?;
    Ok(back("/console/users", "deleted"))
}

/// `POST …/sign-in`: a link that signs a browser in as the user, once. 404 where there is no such
/// user.
pub(in super::super) async fn sign_in(state: State, Path(id): Path<String>) -> Result<Markup> {
    let idp = &state.idp;
    let new = NewToken {
        purpose: Purpose::SignIn,
        user_id: id.clone(),
        organization_id: None,
        actor: None,
        session_seconds: None,
        redirect_url: None,
        lifetime: LINK_SECONDS,
    };
    let mut tx = state.begin().await?;
    let person = people::get_locked(&mut tx, &id).await?;
    let (_, ticket) = login_tokens::create(idp, &mut tx, new).await?;
    tx.commit().await?;
    let (name, url) = (names::name(&person), login_tokens::url(idp, &ticket));
    let body = html! {
        p.crumbs {
            a href="/console/users" { "Users" } " / "
            a href={ "/console/users/" (id) } { (name) } " / Sign in"
        }
        section.card {
            header { h2 { "Sign in as " (name) } }
            div.body {
                p {
                    "This link signs one browser in, once, within ten minutes. Use another browser "
                    "or a private window to stay who you are in this one."
                }
                code.secret { (url) }
                p.actions {
                    a.button.primary href=(url) target="_blank" rel="noreferrer" { "Open as " (name) }
                    a.button href={ "/console/users/" (id) } { "Back" }
                }
            }
        }
    };
    Ok(layout::page(&state, Place::Users, "Sign in as", body))
}

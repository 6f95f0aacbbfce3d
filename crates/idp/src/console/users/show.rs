//! `GET /console/users/{id}`: one user.

use axum::extract::Path;
use jiff::Timestamp;
use maud::{Markup, html};

use super::super::layout::{self, Place};
use super::super::view::{Query, action, badge, json_card, time};
use super::super::{State, people, sessions};
use super::standing;
use crate::domain;
use crate::error::{Refusal, Result};
use crate::model::user::Person;
use crate::store::memberships::Membership;
use crate::store::{self, Page};

/// The page. For whoever is inside; 404 where there is no such user.
pub(in super::super) async fn page(
    state: State,
    Path(id): Path<String>,
    query: Query,
) -> Result<Markup> {
    let now = store::now(state.idp.env());
    let mut tx = state.begin().await?;
    let person = domain::people::find(&mut tx, &id)
        .await?
        .ok_or_else(|| Refusal::not_found("User"))?;
    let page = Page::new(Some(50), None);
    let memberships = store::memberships::list_by_user(&mut tx, &id, page).await?;
    let live = store::sessions::list_live_by_user(&mut tx, &id, now).await?;
    tx.commit().await?;
    let title = people::name(&person);
    let user = &person.user;
    let body = html! {
        (query.notice())
        p.crumbs { a href="/console/users" { "Users" } " / " (title) }
        div.head {
            div.title {
                img.face.large src=(person.image_url(state.idp.config())) alt="";
                div { h1 { (title) " " (standing(&person, now)) } p.mono { (user.id) } }
            }
            (actions(&person, now))
        }
        div.columns {
            div.stack {
                (identification(&person))
                (organizations(&memberships))
                (sessions::card(&live, now))
                (json_card("Public metadata", &user.public_metadata))
                (json_card("Private metadata", &user.private_metadata))
                (json_card("Unsafe metadata", &user.unsafe_metadata))
            }
            div.stack {
                (facts(&person, now))
                (security(&person))
                (danger(&person))
            }
        }
    };
    Ok(layout::page(&state, Place::Users, &title, body))
}

fn actions(person: &Person, now: Timestamp) -> Markup {
    let path = |verb: &str| format!("/console/users/{}/{verb}", person.user.id);
    html! {
        div.actions {
            @if person.user.is_locked(now) { (action(&path("unlock"), "Unlock", "")) }
            @else { (action(&path("lock"), "Lock", "")) }
            @if person.user.banned { (action(&path("unban"), "Lift the ban", "")) }
            @else { (action(&path("ban"), "Ban", "bad")) }
            a.button.primary href=(path("sign-in")) { "Sign in as…" }
        }
    }
}

fn identification(person: &Person) -> Markup {
    let user = &person.user;
    html! {
        section.card {
            header { h2 { "Identification" } }
            table {
                tbody {
                    @for email in &person.emails {
                        tr {
                            td { (email.address) small { "E-mail address" } }
                            td.end {
                                @if user.primary_email_address_id.as_ref() == Some(&email.id) { (badge("accent", "Primary")) " " }
                                (verified(email.verified_at.is_some()))
                            }
                        }
                    }
                    @for phone in &person.phones {
                        tr {
                            td { (phone.number) small { "Phone number" } }
                            td.end {
                                @if user.primary_phone_number_id.as_ref() == Some(&phone.id) { (badge("accent", "Primary")) " " }
                                (verified(phone.verified_at.is_some()))
                            }
                        }
                    }
                    @if let Some(username) = &user.username {
                        tr { td { (username) small { "Username" } } td {} }
                    }
                    @if let Some(external) = &user.external_id {
                        tr { td { span.mono { (external) } small { "External id" } } td {} }
                    }
                }
            }
        }
    }
}

fn verified(yes: bool) -> Markup {
    if yes {
        badge("good", "Verified")
    } else {
        badge("warn", "Unverified")
    }
}

fn organizations(memberships: &[Membership]) -> Markup {
    html! {
        section.card {
            header { h2 { "Organizations" } }
            @if memberships.is_empty() { p.empty { "A member of none." } }
            @else {
                table {
                    tbody {
                        @for membership in memberships {
                            tr {
                                td {
                                    a href={ "/console/organizations/" (membership.organization.id) } {
                                        (membership.organization.name)
                                    }
                                    small { (membership.organization.slug) }
                                }
                                td.end { (badge("", &membership.role_name)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn facts(person: &Person, now: Timestamp) -> Markup {
    let user = &person.user;
    let maybe = |at: Option<Timestamp>| match at {
        Some(at) => time(at, now),
        None => html! { span.muted { "never" } },
    };
    html! {
        section.card {
            header { h2 { "Activity" } }
            div.body {
                dl.facts {
                    dt { "Joined" } dd { (time(user.created_at, now)) }
                    dt { "Last sign-in" } dd { (maybe(user.last_sign_in_at)) }
                    dt { "Last active" } dd { (maybe(user.last_active_at)) }
                    dt { "Changed" } dd { (time(user.updated_at, now)) }
                    @if let Some(until) = user.locked_until.filter(|until| *until > now) {
                        dt { "Locked until" } dd { (time(until, now)) }
                    }
                    @if let Some(at) = user.legal_accepted_at { dt { "Terms accepted" } dd { (time(at, now)) } }
                }
            }
        }
    }
}

fn security(person: &Person) -> Markup {
    let user = &person.user;
    let has = |yes: bool| {
        if yes {
            badge("good", "Set")
        } else {
            badge("", "None")
        }
    };
    html! {
        section.card {
            header { h2 { "Security" } }
            div.body {
                dl.facts {
                    dt { "Password" } dd { (has(user.password_digest.is_some())) }
                    dt { "Second factor" } dd { (has(person.has_second_factor())) }
                    dt { "Failed attempts" } dd { (user.failed_attempts) }
                }
            }
        }
    }
}

fn danger(person: &Person) -> Markup {
    html! {
        section.card {
            div.body {
                details.danger {
                    summary { "Delete this user" }
                    p.muted { "Sessions and memberships go with the user. This cannot be undone." }
                    p { (action(&format!("/console/users/{}/delete", person.user.id), "Delete for good", "bad")) }
                }
            }
        }
    }
}

//! Organizations.

use axum::extract::Path;
use maud::{Markup, html};

use super::layout::{self, Place};
use super::view::{Query, ROWS, badge, head, json_card, search, time};
use super::{State, people};
use crate::domain;
use crate::error::{Refusal, Result};
use crate::store;
use crate::store::search::Order;
use crate::store::search::memberships::{MembershipFilter, MembershipKey};
use crate::store::search::organizations::{OrganizationFilter, OrganizationKey};
use crate::store::search::users::UserFilter;

/// `GET /console/organizations`: the newest first, or those that match. For whoever is inside.
pub(super) async fn list(state: State, query: Query) -> Result<Markup> {
    let filter = OrganizationFilter {
        query: query.text.clone(),
        ..OrganizationFilter::default()
    };
    let order = Order {
        key: OrganizationKey::CreatedAt,
        descending: true,
    };
    let now = store::now(state.idp.env());
    let mut tx = state.begin().await?;
    let (found, count) =
        store::search::organizations::list(&mut tx, &filter, order, query.page()).await?;
    tx.commit().await?;
    let path = "/console/organizations";
    let body = html! {
        (query.notice())
        (head("Organizations", &format!("{count} in all"), search(path, &query, "Name, slug or id")))
        section.card {
            @if found.is_empty() {
                p.empty { b { "No organization" } "Users make them in the application." }
            } @else {
                div.scroll {
                    table {
                        thead { tr { th { "Organization" } th { "Id" } th { "Members" } th { "Made" } } }
                        tbody {
                            @for organization in found.iter().take(ROWS as usize) {
                                tr {
                                    td {
                                        a href={ "/console/organizations/" (organization.id) } { b { (organization.name) } }
                                        small { (organization.slug) }
                                    }
                                    td.mono { (organization.id) }
                                    td {
                                        (organization.members_count)
                                        @if organization.max_allowed_memberships > 0 {
                                            span.muted { " of " (organization.max_allowed_memberships) }
                                        }
                                    }
                                    td { (time(organization.created_at, now)) }
                                }
                            }
                        }
                    }
                }
            }
            (query.pages(path, found.len()))
        }
    };
    Ok(layout::page(
        &state,
        Place::Organizations,
        "Organizations",
        body,
    ))
}

/// `GET /console/organizations/{id}`. For whoever is inside; 404 where there is none.
pub(super) async fn show(state: State, Path(id): Path<String>, query: Query) -> Result<Markup> {
    let now = store::now(state.idp.env());
    let filter = MembershipFilter {
        organization_id: Some(id.clone()),
        users: UserFilter {
            query: query.text.clone(),
            ..UserFilter::default()
        },
        ..MembershipFilter::default()
    };
    let order = Order {
        key: MembershipKey::CreatedAt,
        descending: false,
    };
    let mut tx = state.begin().await?;
    let organization = store::organizations::find(&mut tx, &id)
        .await?
        .ok_or_else(|| Refusal::not_found("Organization"))?;
    let (members, count) =
        store::search::memberships::list(&mut tx, &filter, order, query.page()).await?;
    let mut ids: Vec<String> = members.iter().map(|row| row.user_id.clone()).collect();
    ids.extend(organization.created_by.clone());
    let found = domain::people::load(&mut tx, &ids).await?;
    tx.commit().await?;
    let path = format!("/console/organizations/{id}");
    let body = html! {
        p.crumbs { a href="/console/organizations" { "Organizations" } " / " (organization.name) }
        (head(&organization.name, &organization.id, html! {}))
        div.columns {
            div.stack {
                section.card {
                    header { h2 { "Members" } p { (count) " in all" } }
                    div.scroll {
                        table {
                            thead { tr { th { "User" } th { "Role" } th { "Since" } } }
                            tbody {
                                @for row in members.iter().take(ROWS as usize) {
                                    tr {
                                        td { @if let Some(person) = found.get(&row.user_id) { (people::who(&state, person)) } }
                                        td { (badge("", &row.role_name)) " " span.mono.muted { (row.role) } }
                                        td { (time(row.created_at, now)) }
                                    }
                                }
                            }
                        }
                    }
                    (query.pages(&path, members.len()))
                }
                (json_card("Public metadata", &organization.public_metadata))
                (json_card("Private metadata", &organization.private_metadata))
            }
            section.card {
                header { h2 { "Facts" } }
                div.body {
                    dl.facts {
                        dt { "Slug" } dd.mono { (organization.slug) }
                        dt { "Made" } dd { (time(organization.created_at, now)) }
                        dt { "Changed" } dd { (time(organization.updated_at, now)) }
                        dt { "Members" } dd {
                            (organization.members_count) " of "
                            @if organization.max_allowed_memberships == 0 { "any number" }
                            @else { (organization.max_allowed_memberships) }
                        }
                        @if let Some(creator) = organization.created_by.as_ref().and_then(|id| found.get(id)) {
                            dt { "Made by" } dd { a href={ "/console/users/" (creator.user.id) } { (people::name(creator)) } }
                        }
                    }
                }
            }
        }
    };
    Ok(layout::page(
        &state,
        Place::Organizations,
        &organization.name,
        body,
    ))
}

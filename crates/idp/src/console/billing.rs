//! `GET /console/billing`: plans, and who is on them.

use bailiwick_pg::{Row, sql};
use jiff::Timestamp;
use maud::{Markup, html};

use super::State;
use super::layout::{self, Place};
use super::view::{Query, ROWS, badge, head, time};
use crate::error::Result;
use crate::store;
use crate::store::billing::catalog::{Catalog, Period, Plan};

sql! {
    /// Payers, the latest changed first, with the plan that each is on.
    LIST_PAYERS(INT8, INT8) = "
        select s.id, s.status, s.credits, s.organization_id, s.user_id, s.updated_at,
               coalesce(o.name, concat_ws(' ', u.first_name, u.last_name), s.user_id, ''),
               p.name, i.is_free_trial, i.canceled_at, i.period_end
          from idp.billing_subscriptions s
          left join idp.organizations o on o.id = s.organization_id
          left join idp.users u on u.id = s.user_id
          left join lateral (
              select b.plan_id, b.is_free_trial, b.canceled_at, b.period_end
                from idp.billing_items b
               where b.subscription_id = s.id and b.status in ('active', 'past_due')
               order by b.created_at desc limit 1) i on true
          left join idp.billing_plans p on p.id = i.plan_id
         order by s.updated_at desc, s.id limit $1 offset $2";
}

/// The page. For whoever is inside.
pub(super) async fn page(state: State, query: Query) -> Result<Markup> {
    let now = store::now(state.idp.env());
    let page = query.page();
    let mut tx = state.begin().await?;
    let catalog = Catalog::load(&mut tx, &[]).await?;
    let payers = tx.query(&LIST_PAYERS, &[&page.limit, &page.offset]).await?;
    tx.commit().await?;
    let currency = state.idp.settings().billing.currency.to_uppercase();
    let body = html! {
        (head("Plans and subscriptions", "Plans come from the settings. Nobody is charged: payments are played.", html! {}))
        div.stack {
            section.card {
                header { h2 { "Plans" } }
                div.scroll {
                    table {
                        thead { tr { th { "Plan" } th { "For" } th { "A month" } th { "A year" } th { "Features" } th {} } }
                        tbody { @for plan in catalog.plans.iter().filter(|plan| plan.is_offered()) { (plan_row(&catalog, plan, &currency)) } }
                    }
                }
            }
            section.card {
                header { h2 { "Subscriptions" } }
                @if payers.is_empty() { p.empty { b { "No payer" } "An organization has a subscription once somebody looks at its plan." } }
                @else {
                    div.scroll {
                        table {
                            thead { tr { th { "Payer" } th { "Plan" } th { "State" } th { "Credit" } th { "Ends or renews" } th { "Changed" } } }
                            tbody { @for row in payers.iter().take(ROWS as usize) { (payer_row(row, &currency, now)) } }
                        }
                    }
                }
                (query.pages("/console/billing", payers.len()))
            }
        }
    };
    Ok(layout::page(
        &state,
        Place::Billing,
        "Plans and subscriptions",
        body,
    ))
}

fn plan_row(catalog: &Catalog, plan: &Plan, currency: &str) -> Markup {
    let price = catalog.default_price(&plan.id).ok();
    let amount = |period| match price.and_then(|price| price.amount(period)) {
        Some(amount) => money(amount, currency),
        None => html! { span.muted { "—" } },
    };
    html! {
        tr {
            td { b { (plan.name) } small.mono { (plan.slug) } }
            td { @if plan.payer_type == "org" { "organizations" } @else { "users" } }
            td { (amount(Period::Month)) }
            td { (amount(Period::Annual)) }
            td {
                @for feature in catalog.features(plan) { (badge("", &feature.name)) " " }
            }
            td.end { @if plan.is_default { (badge("accent", "Default")) } }
        }
    }
}

fn payer_row(row: &Row, currency: &str, now: Timestamp) -> Markup {
    let (organization, user): (Option<String>, Option<String>) = (row.get(3), row.get(4));
    let path = match (&organization, &user) {
        (Some(id), _) => format!("/console/organizations/{id}"),
        (None, Some(id)) => format!("/console/users/{id}"),
        (None, None) => String::from("/console/billing"),
    };
    let (status, plan): (String, Option<String>) = (row.get(1), row.get(7));
    let trial = row.get::<_, Option<bool>>(8).unwrap_or_default();
    let canceled = row.get::<_, Option<Timestamp>>(9).is_some();
    html! {
        tr {
            td { a href=(path) { (row.get::<_, String>(6)) } small.mono { (row.get::<_, String>(0)) } }
            td { (plan.as_deref().unwrap_or("none")) }
            td {
                @if status == "past_due" { (badge("bad", "Past due")) } @else { (badge("good", "Active")) }
                @if trial { " " (badge("accent", "Trial")) }
                @if canceled { " " (badge("warn", "Canceled")) }
            }
            td { (money(row.get(2), currency)) }
            td {
                @match row.get::<_, Option<Timestamp>>(10) {
                    Some(at) => (time(at, now)),
                    None => span.muted { "never" },
                }
            }
            td { (time(row.get(5), now)) }
        }
    }
}

/// An amount in the smallest unit, as people write it.
fn money(amount: i64, currency: &str) -> Markup {
    html! {
        span.nowrap { (format!("{}.{:02}", amount / 100, (amount % 100).abs())) " " span.muted { (currency) } }
    }
}

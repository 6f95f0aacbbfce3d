//! What who operates the fleet from the command line asks for. Each is a fact of the installation.

use bailiwick_kernel::{Problem, Tier};
use bailiwick_store::audit::Fact;
use bailiwick_store::fleet::tenants::{Filter, Tenant};
use bailiwick_store::organizations;
use serde_json::json;

use crate::{App, Result, moves, provisioning};

/// Tenants that are looked up at once.
const PAGE: i64 = 500;

/// The tenant of that slug, id, id of the provider's or schema.
///
/// # Errors
/// `NOT_FOUND`; the database's.
pub async fn find(app: &App, name: &str) -> Result<Tenant> {
    let found = app.store().find_tenant(name).await?;
    Ok(found.ok_or_else(Problem::not_found)?)
}

/// Asks for a tier. Asking twice is asking once.
///
/// # Errors
/// `NOT_FOUND`; the database's.
pub async fn want(app: &App, name: &str, tier: Tier) -> Result<Tenant> {
    let tenant = find(app, name).await?;
    let mut tx = app.store().control().await?;
    let row = organizations::lock_by_id(&mut tx, tenant.id).await?;
    let row = row
        .filter(|row| !row.is_deleted)
        .ok_or_else(Problem::not_found)?;
    moves::want(app, &mut tx, tenant.id, tier).await?;
    if row.tier_wanted != tier.as_str() {
        let object = tenant.id.to_string();
        let fact = Fact {
            before: Some(json!({"tierWanted": row.tier_wanted})),
            after: Some(json!({"tierWanted": tier.as_str()})),
            ..Fact::impersonal(
                app.env(),
                "system",
                "platform.want_tier",
                ("organization", &object),
            )
        };
        app.store().record(&mut tx, &fact).await?;
    }
    tx.commit().await?;
    app.wake_worker();
    find(app, name).await
}

/// Has what failed done again: a tenant that could not be made, or a move that was given up.
/// `false` where nothing is left to do.
///
/// # Errors
/// `NOT_FOUND`; the database's.
pub async fn retry(app: &App, name: &str) -> Result<bool> {
    let tenant = find(app, name).await?;
    let now = app.env().now();
    let mut tx = app.store().control().await?;
    let row = organizations::lock_by_id(&mut tx, tenant.id).await?;
    let row = row
        .filter(|row| !row.is_deleted)
        .ok_or_else(Problem::not_found)?;
    let was = row.provisioning_status;
    match was.as_str() {
        "PENDING" | "IN_PROGRESS" => provisioning::enqueue(app, &mut tx, tenant.id).await?,
        "FAILED" => {
            organizations::set_provisioning(&mut tx, tenant.id, "PENDING", None, now).await?;
            provisioning::enqueue(app, &mut tx, tenant.id).await?;
        }
        _ if row.tier_wanted == row.tier && was == "COMPLETED" => return Ok(false),
        _ => {
            let tier = Tier::from_plan(&row.tier_wanted).unwrap_or(Tier::Starter);
            moves::want(app, &mut tx, tenant.id, tier).await?;
        }
    }
    let object = tenant.id.to_string();
    let fact = Fact {
        before: Some(json!({"provisioningStatus": was})),
        ..Fact::impersonal(
            app.env(),
            "system",
            "platform.retry_provisioning",
            ("organization", &object),
        )
    };
    app.store().record(&mut tx, &fact).await?;
    tx.commit().await?;
    app.wake_worker();
    Ok(true)
}

/// The same for all tenants that could not be made; the slugs.
///
/// # Errors
/// The database's.
pub async fn retry_failed(app: &App) -> Result<Vec<String>> {
    let filter = Filter {
        provisioning_status: Some("FAILED".to_owned()),
        ..Filter::default()
    };
    let (mut retried, mut after): (Vec<String>, Option<String>) = (Vec::new(), None);
    loop {
        let page = app.store().list_tenants(&filter, after.as_deref(), PAGE);
        let page = page.await?;
        let Some(last) = page.last() else {
            return Ok(retried);
        };
        after = Some(last.slug.clone());
        for tenant in page {
            if retry(app, &tenant.id.to_string()).await? {
                retried.push(tenant.slug);
            }
        }
    }
}

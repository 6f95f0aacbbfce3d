//! What is known of tenants.

use std::fmt::Write as _;

use anyhow::Context as _;
use bailiwick_api::Module;
use bailiwick_pg::{Pool, PoolConfig};
use bailiwick_services::fleet;
use bailiwick_store::Store;
use bailiwick_store::fleet::tenants::{Filter, OnMove, Tenant};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::output;
use crate::settings::Vars;

/// Tenants that one query answers.
const PAGE: u32 = 1_000;

async fn store(vars: &Vars, modules: &[Module]) -> anyhow::Result<Store> {
    let url = vars.secret("DATABASE_URL", &[])?;
    let pool = Pool::connect(PoolConfig::new(url.expose_secret()).max_size(1))
        .await
        .context("DATABASE_URL")?;
    Ok(Store::new(pool).with_modules(modules.iter().map(Module::tree)))
}

/// All tenants that a filter lets through.
///
/// # Errors
/// A setting is missing; the database's.
pub async fn list(
    vars: &Vars,
    modules: &[Module],
    filter: &Filter,
    limit: u32,
    json: bool,
) -> anyhow::Result<String> {
    let store = store(vars, modules).await?;
    let mut found: Vec<Tenant> = Vec::new();
    loop {
        let rest = limit.saturating_sub(u32::try_from(found.len())?).min(PAGE);
        if rest == 0 {
            break;
        }
        let after = found.last().map(|tenant| tenant.slug.clone());
        let page = store.list_tenants(filter, after.as_deref(), rest.into());
        let page = page.await?;
        let is_last = page.len() < usize::try_from(rest)?;
        found.extend(page);
        if is_last {
            break;
        }
    }
    if json {
        let all: Vec<Value> = found.iter().map(object).collect();
        return Ok(serde_json::to_string_pretty(&all)?);
    }
    if found.is_empty() {
        return Ok("no tenants".to_owned());
    }
    let heads = [
        "SLUG",
        "TIER",
        "PROVISIONING",
        "SCHEMA",
        "VERSION",
        "STATE",
        "WHY",
    ];
    let rows: Vec<Vec<String>> = found.iter().map(line).collect();
    Ok(output::table(&heads, &rows))
}

fn line(tenant: &Tenant) -> Vec<String> {
    let version = tenant.version.map_or(String::new(), |v| v.to_string());
    let moving = tenant.on_move.as_ref().map(progress);
    let why = moving
        .or_else(|| tenant.provisioning_error.clone())
        .or_else(|| tenant.last_error.clone());
    vec![
        tenant.slug.clone(),
        tenant.tier.clone(),
        tenant.provisioning_status.clone(),
        tenant.schema.clone().unwrap_or_default(),
        version,
        tenant.state.clone(),
        why.unwrap_or_default(),
    ]
}

/// A move in a few words.
pub fn progress(of: &OnMove) -> String {
    let OnMove {
        to_tier,
        step,
        rows_done,
        rows_total,
        ..
    } = of;
    format!(
        "to {to_tier}: {} {rows_done} of {rows_total} rows",
        step.to_lowercase()
    )
}

fn object(tenant: &Tenant) -> Value {
    json!({
        "id": tenant.id, "clerkOrgId": tenant.clerk_org_id, "name": tenant.name, "slug": tenant.slug,
        "tier": tenant.tier, "tierWanted": tenant.tier_wanted,
        "provisioningStatus": tenant.provisioning_status, "provisioningError": tenant.provisioning_error,
        "schema": tenant.schema, "epoch": tenant.epoch, "version": tenant.version, "state": tenant.state,
        "migratedAt": tenant.migrated_at.map(|at| at.to_string()),
        "failedAt": tenant.failed_at.map(|at| at.to_string()), "lastError": tenant.last_error,
        "move": tenant.on_move.as_ref().map(|m| json!({
            "toTier": m.to_tier, "step": m.step, "rowsDone": m.rows_done, "rowsTotal": m.rows_total,
            "startedAt": m.started_at.to_string(),
        })),
    })
}

/// One tenant.
///
/// # Errors
/// There is no such tenant; a setting is missing; the database's.
pub async fn show(
    vars: &Vars,
    modules: &[Module],
    name: &str,
    json: bool,
) -> anyhow::Result<String> {
    let found = store(vars, modules).await?.find_tenant(name).await?;
    let found = found.with_context(|| format!("no tenant is called {name}"))?;
    let object = object(&found);
    if json {
        return Ok(serde_json::to_string_pretty(&object)?);
    }
    let rows: Vec<Vec<String>> = object
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(_, value)| !value.is_null())
        .map(|(key, value)| {
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            vec![key.clone(), text]
        })
        .collect();
    Ok(output::table(&["", ""], &rows).trim_start().to_owned())
}

/// Compares what is noted with what is.
///
/// # Errors
/// Everything that was found; a setting is missing; the database's.
pub async fn verify(vars: &Vars, modules: &[Module], json: bool) -> anyhow::Result<String> {
    let url = vars.secret("DATABASE_MIGRATION_URL", &[])?;
    let config = PoolConfig::new(url.expose_secret())
        .max_size(2)
        .statement_cache(0);
    let owner = Pool::connect(config)
        .await
        .context("DATABASE_MIGRATION_URL")?;
    let trees: Vec<_> = modules.iter().map(Module::tree).collect();
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    bar.set_style(ProgressStyle::with_template(
        "  {bar:30} {pos} of {len} tenants  {per_sec}  {eta} left",
    )?);
    let tell = |looked: usize, all: usize| {
        bar.set_length(u64::try_from(all).unwrap_or(0));
        bar.set_position(u64::try_from(looked).unwrap_or(0));
    };
    let findings = fleet::verify(&owner, &trees, &tell).await;
    bar.finish_and_clear();
    let findings = findings?;
    if json {
        let all = findings
            .iter()
            .map(|f| json!({"problem": f.problem, "remedy": f.remedy}));
        let text = serde_json::to_string_pretty(&all.collect::<Vec<_>>())?;
        if findings.is_empty() {
            return Ok(text);
        }
        output::print(&text)?;
        anyhow::bail!("{} findings", findings.len());
    }
    if findings.is_empty() {
        return Ok("every tenant is where and what it is noted to be".to_owned());
    }
    let mut text = format!("{} findings:", findings.len());
    for finding in &findings {
        let _ = write!(
            text,
            "\n  - {}\n    mend it with: {}",
            finding.problem, finding.remedy
        );
    }
    anyhow::bail!(text)
}

//! The people, organizations and projects that are read. They come in as in production: users,
//! organizations and memberships by signed webhooks, projects through the API.

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use bailiwick_pg::sql;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::http::{Client, request};
use crate::say;
use crate::signer::now;
use crate::stage::{Stage, WEBHOOK_SECRET};

/// Members of each organization, its owner included. Each has one project.
pub const MEMBERS: usize = 10;
/// The name of the project that an owner reads; the others are read by who was put on them.
pub const OWNERS_PROJECT: &str = "Project 0";
const SETTLED_MAX: Duration = Duration::from_secs(120);

sql! {
    /// Messages and jobs that are not done yet.
    OPEN() = "
        select (select count(*) from control.webhook_inbox where state <> 'done')
             + (select count(*) from control.jobs where dead_at is null)";
    /// Who belongs where, by the provider's ids.
    MEMBERS_OF() = "
        select o.clerk_org_id, u.clerk_user_id, u.id::text from control.memberships m
        join control.users u on u.id = m.user_id join control.organizations o on o.id = m.organization_id
        order by 1, 2 limit 1000000";
}

/// What one member reads.
#[derive(Clone)]
pub struct Reader {
    /// The provider's id of the user.
    pub user: String,
    /// The provider's id of the organization.
    pub org: String,
    /// The provider's role in it.
    pub role: &'static str,
    /// A project that the member is on.
    pub project: String,
}

impl Reader {
    /// The request for the project with a token that is good from now on.
    pub fn request(&self, stage: &Stage) -> anyhow::Result<Vec<u8>> {
        let token = stage.signer.token(&self.user, &self.org, self.role)?;
        let bearer = format!("Bearer {token}");
        let path = format!("/api/v1/projects/{}", self.project);
        Ok(request("GET", &path, &[("authorization", &bearer)], ""))
    }
}

/// The provider has ended a member's membership, and says so.
pub async fn remove(client: &mut Client, reader: &Reader) -> anyhow::Result<()> {
    let org = organization(&reader.org, &user_id(&reader.org, 0))?;
    let ended = membership(&org, &reader.user, reader.role)?;
    webhook(client, "organizationMembership.deleted", ended).await
}

/// Fills the database with `orgs` organizations.
pub async fn fill(stage: &Stage, orgs: usize) -> anyhow::Result<Vec<Reader>> {
    say(&format!(
        "filling {orgs} organizations with {MEMBERS} members and {MEMBERS} projects each"
    ));
    let mut client = Client::connect(stage.public).await?;
    let names: Vec<String> = (0..orgs).map(|o| format!("org_bench{o:05}")).collect();
    // One after the other: what comes too early is asked of the provider, and nobody is home there.
    for org in &names {
        for member in 0..MEMBERS {
            webhook(&mut client, "user.created", user(org, member)?).await?;
        }
        let created = organization(org, &user_id(org, 0))?;
        webhook(&mut client, "organization.created", created).await?;
    }
    settle(stage).await?;
    for org in &names {
        let created = organization(org, &user_id(org, 0))?;
        for member in 0..MEMBERS {
            let joined = membership(&created, &user_id(org, member), role(member))?;
            webhook(&mut client, "organizationMembership.created", joined).await?;
        }
    }
    settle(stage).await?;
    projects(stage, &mut client, orgs).await
}

/// Each owner makes a project for each member.
async fn projects(stage: &Stage, client: &mut Client, orgs: usize) -> anyhow::Result<Vec<Reader>> {
    let rows = stage.superuser.query(&MEMBERS_OF, &[]).await?;
    ensure!(
        rows.len() == orgs * MEMBERS,
        "{} members arrived",
        rows.len()
    );
    let mut readers = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        let member = index % MEMBERS;
        let org: String = row.try_get(0)?;
        let bearer = format!(
            "Bearer {}",
            stage.signer.token(&user_id(&org, 0), &org, role(0))?
        );
        let post = |path: &str, body: Value| {
            request(
                "POST",
                path,
                &[("authorization", &bearer)],
                &body.to_string(),
            )
        };
        let body = json!({"name": format!("Project {member}"), "description": "What it is about"});
        let made = client.exchange(&post("/api/v1/projects", body)).await?;
        ensure!(made.status == 201, "a project was refused: {}", made.text());
        let made: Value = serde_json::from_slice(made.body)?;
        let project = made["id"].as_str().context("a project without an id")?;
        if member > 0 {
            let path = format!("/api/v1/projects/{project}/members");
            let body =
                json!({"memberId": row.try_get::<_, String>(2)?, "projectRole": "contributor"});
            let joined = client.exchange(&post(&path, body)).await?;
            ensure!(
                joined.status < 300,
                "a member was refused: {}",
                joined.text()
            );
        }
        readers.push(Reader {
            user: row.try_get(1)?,
            org,
            role: role(member),
            project: project.to_owned(),
        });
    }
    Ok(readers)
}

/// Waits until every message and job is done.
async fn settle(stage: &Stage) -> anyhow::Result<()> {
    let started = Instant::now();
    while started.elapsed() < SETTLED_MAX {
        let row = stage.superuser.query_one(&OPEN, &[]).await?;
        if row.try_get::<_, i64>(0)? == 0 {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    anyhow::bail!("webhooks were still open after {} s", SETTLED_MAX.as_secs())
}

async fn webhook(client: &mut Client, kind: &str, data: Value) -> anyhow::Result<()> {
    let body = json!({
        "type": kind, "object": "event", "data": data, "timestamp": now()? * 1000,
        "instance_id": "ins_bench"
    })
    .to_string();
    let id = format!("msg_{}", hex(sign(&key()?, body.as_bytes()).as_ref()));
    let seconds = now()?.to_string();
    let tag = sign(&key()?, format!("{id}.{seconds}.{body}").as_bytes());
    let signature = format!("v1,{}", STANDARD.encode(tag.as_ref()));
    let headers = [
        ("svix-id", id.as_str()),
        ("svix-timestamp", &seconds),
        ("svix-signature", &signature),
    ];
    let answer = client
        .exchange(&request("POST", "/api/webhooks/clerk", &headers, &body))
        .await?;
    ensure!(
        answer.status == 200,
        "{kind} was refused: {}",
        answer.text()
    );
    Ok(())
}

fn key() -> anyhow::Result<Key> {
    Ok(Key::new(HMAC_SHA256, &STANDARD.decode(WEBHOOK_SECRET)?))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn user_id(org: &str, member: usize) -> String {
    format!("user_{}{member:02}", org.trim_start_matches("org_"))
}

fn role(member: usize) -> &'static str {
    if member == 0 { "admin" } else { "member" }
}

fn user(org: &str, member: usize) -> anyhow::Result<Value> {
    let (id, at) = (user_id(org, member), now()? * 1000);
    let email = format!("{id}@example.com");
    Ok(json!({
        "object": "user", "id": id, "first_name": "Member", "last_name": member.to_string(),
        "primary_email_address_id": "idn_1",
        "email_addresses": [{
            "object": "email_address", "id": "idn_1", "email_address": email,
            "verification": {"status": "verified", "strategy": "email_code"}
        }],
        "created_at": at, "updated_at": at
    }))
}

fn organization(org: &str, creator: &str) -> anyhow::Result<Value> {
    let at = now()? * 1000;
    Ok(json!({
        "object": "organization", "id": org, "name": format!("Bench {org}"),
        "slug": org.replace('_', "-"), "created_by": creator, "created_at": at, "updated_at": at
    }))
}

fn membership(org: &Value, user: &str, role: &str) -> anyhow::Result<Value> {
    let at = now()? * 1000;
    Ok(json!({
        "object": "organization_membership", "id": format!("orgmem_{user}"),
        "role": format!("org:{role}"), "organization": org,
        "public_user_data": {"user_id": user, "identifier": format!("{user}@example.com")},
        "created_at": at, "updated_at": at
    }))
}

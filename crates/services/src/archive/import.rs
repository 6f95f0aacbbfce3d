//! Restoring an archive: verified as a whole before anything is written, then written a part at a
//! time, each of which may be repeated. One that was cut off is taken up by repeating it.

use std::collections::BTreeMap;
use std::io::Read;

use bailiwick_kernel::id::OrgId;
use bailiwick_outside::storage::ObjectKey;
use bailiwick_store::archive::restore::{self, Rewrite, Stands};
use bailiwick_store::audit::Fact;
use bailiwick_store::organizations::{self, Details};
use bailiwick_store::tables::Table;
use bailiwick_store::tenant::TenantTx;
use bailiwick_store::{memberships, placements};
use bytes::Bytes;
use serde_json::{Value, json};
use uuid::Uuid;

use super::manifest::{ObjectShape, Person, TEXT_MAX, from_json, object_names, rows_name, sha256};
use super::tar::Reader;
use super::{Progress, Verified, refused};
use crate::{App, Result};

/// Users that are looked up at once.
const PEOPLE_AT_ONCE: usize = 1000;
/// Why it enters the tenant.
const JOB: &str = "tenants.import";

/// How an archive is to be restored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options {
    /// Also where the tenant has rows: what is there stays as it is.
    pub merge: bool,
}

/// What was restored.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// Rows and objects that were written.
    pub written: Progress,
    /// Rows and objects of the archive that were there already.
    pub there: Progress,
    /// E-mails of those who were members and are not members of this organization: their rows are
    /// kept.
    pub not_members: Vec<String>,
    /// Members whose role in the archive is another than the one that they have, and keep, here.
    pub other_roles: Vec<OtherRole>,
}

/// A member who was something else where the archive comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherRole {
    /// The e-mail, or the id there.
    pub who: String,
    /// The role here.
    pub here: String,
    /// The role in the archive.
    pub there: String,
}

/// Restores a verified archive into the tenant of an organization. `open` opens the same file once
/// more; what is read then is compared anew.
///
/// # Errors
/// The organization has no tenant, or one with rows; the archive's tables are not those here; the
/// database's, the object store's. Repeated, it goes on.
pub async fn import<R: Read>(
    app: &App,
    org: OrgId,
    archive: &Verified,
    input: R,
    options: Options,
    progress: impl Fn(&Progress),
) -> Result<Imported> {
    let target = begin(app, org, archive, options).await?;
    let mut restoring = Restoring {
        app,
        org,
        archive,
        tar: Reader::new(input),
        target,
        done: Imported::default(),
        read: Progress::default(),
        progress: &progress,
    };
    // The first entry was read when the archive was verified.
    restoring.part(0)?;
    restoring.rows().await?;
    restoring.objects().await?;
    let mut done = restoring.done;
    (done.not_members, done.other_roles) = finish(app, org, archive, options, &done).await?;
    Ok(done)
}

/// Where it goes.
struct Target {
    tables: Vec<Table>,
    rewrite: Rewrite,
    prefix: ObjectKey,
}

/// Whether it may be restored here, and that it begins.
async fn begin(app: &App, org: OrgId, archive: &Verified, options: Options) -> Result<Target> {
    let now = app.env().now();
    let mut tx = app.store().control().await?;
    let row = organizations::lock_by_id(&mut tx, org).await?;
    let row = row.filter(|row| !row.is_deleted);
    let row = row.ok_or_else(|| refused("there is no such organization, or it was deleted"))?;
    let placement = placements::find(&mut tx, org).await?;
    let placement = placement.ok_or_else(|| refused("the organization has no tenant yet"))?;
    let fingerprint = &archive.fingerprint;
    let stands = restore::stands(&mut tx, org.uuid(), fingerprint).await?;
    if stands == Stands::Over && !options.merge {
        return Err(refused(
            "it was restored here before; --merge restores what is gone",
        ));
    }
    restore::begin(&mut tx, org.uuid(), fingerprint, now).await?;
    let old_prefix = prefix(&archive.tenant.organization.clerk_org_id)?;
    let new_prefix = prefix(&row.clerk_org_id)?;
    let rewrite = Rewrite {
        old_prefix: format!("{old_prefix}/"),
        new_prefix: format!("{new_prefix}/"),
        people: people(&mut tx, org, &archive.tenant.people).await?,
    };
    let schema = placement.schema.clone();
    let mut tenant = app.store().step_into(tx, &placement, JOB).await?;
    let tables = tenant.archived_tables(&schema).await?;
    fits(archive, &tables)?;
    if stands == Stands::New
        && !options.merge
        && let Some(table) = tenant.first_filled(&schema, &tables).await?
    {
        return Err(refused(format!(
            "the tenant has rows in {table}; --merge adds what is not there"
        )));
    }
    tenant.commit().await?;
    Ok(Target {
        tables,
        rewrite,
        prefix: new_prefix,
    })
}

fn prefix(clerk_org_id: &str) -> Result<ObjectKey> {
    ObjectKey::from_segments(["org", clerk_org_id]).map_err(refused)
}

/// Every table and column of the archive is known here: what is newer here has its default.
fn fits(archive: &Verified, tables: &[Table]) -> Result<()> {
    for shape in &archive.tenant.tables {
        let here = tables.iter().find(|table| table.name == shape.name);
        let rows = archive.manifest.rows.get(&shape.name).copied().unwrap_or(0);
        let Some(here) = here else {
            if rows == 0 {
                continue;
            }
            let text = format!("table {} is not known here: migrate first", shape.name);
            return Err(refused(text));
        };
        if let Some(column) = shape
            .columns
            .iter()
            .find(|name| !here.columns.contains(name))
        {
            let text = format!("{}.{column} is not known here: migrate first", shape.name);
            return Err(refused(text));
        }
    }
    Ok(())
}

/// Who has another id here. Somebody whom the provider's id does not find keeps theirs, unless it is
/// another's here.
async fn people(
    tx: &mut bailiwick_pg::Tx,
    org: OrgId,
    people: &[Person],
) -> Result<BTreeMap<Uuid, Uuid>> {
    let mut map = BTreeMap::new();
    for some in people.chunks(PEOPLE_AT_ONCE) {
        let clerk_ids: Vec<String> = some
            .iter()
            .filter_map(|p| p.clerk_user_id.clone())
            .collect();
        let here = restore::users_here(tx, &clerk_ids).await?;
        let ids: Vec<Uuid> = some.iter().map(|person| person.id).collect();
        let taken = restore::taken_here(tx, &ids).await?;
        for person in some {
            let found = person.clerk_user_id.as_ref().and_then(|id| here.get(id));
            let id = match found {
                Some(id) => *id,
                None if taken.contains(&person.id) && person.clerk_user_id.is_some() => {
                    Uuid::new_v5(&org.uuid(), person.id.as_bytes())
                }
                None => person.id,
            };
            if id != person.id {
                map.insert(person.id, id);
            }
        }
    }
    Ok(map)
}

struct Restoring<'a, R, P> {
    app: &'a App,
    org: OrgId,
    archive: &'a Verified,
    tar: Reader<R>,
    target: Target,
    done: Imported,
    read: Progress,
    progress: &'a P,
}

impl<R: Read, P: Fn(&Progress)> Restoring<'_, R, P> {
    /// The body of the entry at `place`, compared once more: the file may have been changed since.
    fn part(&mut self, place: usize) -> Result<Vec<u8>> {
        let listed = self.archive.manifest.entries.get(place);
        let entry = self.tar.next()?;
        let (Some(listed), Some(entry)) = (listed, entry) else {
            return Err(refused("it has changed since it was verified"));
        };
        let body = self.tar.body(&entry, TEXT_MAX)?;
        if entry.name != listed.name || sha256(&body) != listed.sha256 {
            return Err(refused("it has changed since it was verified"));
        }
        Ok(body)
    }

    async fn rows(&mut self) -> Result<()> {
        let entries = &self.archive.manifest.entries;
        let (mut at, count) = (1, entries.len());
        for (place, shape) in (1..).zip(&self.archive.tenant.tables) {
            let mut part = 1;
            while at < count && entries[at].name == rows_name(place, part) {
                let body = self.part(at)?;
                self.write(&shape.name, &shape.columns, &body).await?;
                (at, part) = (at + 1, part + 1);
            }
        }
        Ok(())
    }

    async fn write(&mut self, table: &str, columns: &[String], body: &[u8]) -> Result<()> {
        let text = std::str::from_utf8(body).map_err(refused)?;
        let lines: Vec<&str> = text.lines().collect();
        let rows = format!("[{}]", lines.join(","));
        let found = self.target.tables.iter().find(|known| known.name == table);
        let table = found.ok_or_else(|| refused(format!("no table {table} is here")))?;
        let (mut tenant, schema) = enter(self.app, self.org).await?;
        let rewrite = &self.target.rewrite;
        let written = tenant
            .write_rows(&schema, table, columns, &rows, rewrite)
            .await?;
        tenant.commit().await?;
        let count = lines.len() as u64;
        self.read.rows += count;
        self.done.written.rows += written;
        self.done.there.rows += count.saturating_sub(written);
        (self.progress)(&self.read);
        Ok(())
    }

    async fn objects(&mut self) -> Result<()> {
        for number in 1..=self.archive.manifest.objects {
            let (description, bytes) = object_names(number);
            let shape: ObjectShape = from_json(&description, &self.body(&description, TEXT_MAX)?)?;
            let body = self.body(&bytes, self.app.settings().upload_bytes_max)?;
            if sha256(&body) != shape.sha256 {
                return Err(refused("it has changed since it was verified"));
            }
            let key = self
                .target
                .prefix
                .join(shape.key.split('/'))
                .map_err(refused)?;
            let objects = self.app.objects();
            let is_new = objects.create(&key, &shape.content_type, Bytes::from(body));
            let progress = if is_new.await? {
                &mut self.done.written
            } else {
                &mut self.done.there
            };
            progress.objects += 1;
            progress.bytes += shape.size;
            self.read.objects += 1;
            self.read.bytes += shape.size;
            (self.progress)(&self.read);
        }
        Ok(())
    }

    fn body(&mut self, name: &str, max: u64) -> Result<Vec<u8>> {
        match self.tar.next()? {
            Some(entry) if entry.name == name => self.tar.body(&entry, max),
            _ => Err(refused("it has changed since it was verified")),
        }
    }
}

/// Into the tenant where it lives now: it may move between two parts.
async fn enter(app: &App, org: OrgId) -> Result<(TenantTx, bailiwick_pg::Schema)> {
    let mut tx = app.store().control().await?;
    let placement = placements::find(&mut tx, org).await?;
    let placement = placement.ok_or_else(|| refused("the organization has no tenant any more"))?;
    let tenant = app.store().step_into(tx, &placement, JOB).await?;
    Ok((tenant, placement.schema))
}

/// The last transaction: members are what they are here, the organization is described as it was,
/// and the fact. Answers who is no member any more, and who is one as something else.
async fn finish(
    app: &App,
    org: OrgId,
    archive: &Verified,
    options: Options,
    done: &Imported,
) -> Result<(Vec<String>, Vec<OtherRole>)> {
    let now = app.env().now();
    let source = &archive.tenant.organization;
    let mut tx = app.store().control().await?;
    if !options.merge {
        let settings = match &source.settings {
            Value::Object(settings) => settings.clone(),
            _ => serde_json::Map::new(),
        };
        let details = Details {
            description: source.description.clone(),
            org_type: source.org_type.clone(),
            tax_id: source.tax_id.clone(),
            settings,
        };
        organizations::describe(&mut tx, org, &details, now).await?;
    }
    let members = memberships::list_for_projection(&mut tx, org).await?;
    let members: BTreeMap<_, _> = members
        .into_iter()
        .filter(|(_, _, status)| status != "removed")
        .map(|(user, role, status)| (user, (role, status)))
        .collect();
    let known: Vec<String> = archive
        .tenant
        .people
        .iter()
        .filter_map(|person| person.clerk_user_id.clone())
        .collect();
    let mut here = BTreeMap::new();
    for some in known.chunks(PEOPLE_AT_ONCE) {
        here.append(&mut restore::users_here(&mut tx, some).await?);
    }
    let placement = placements::find(&mut tx, org).await?;
    let placement = placement.ok_or_else(|| refused("the organization has no tenant any more"))?;
    let mut tenant = app.store().step_into(tx, &placement, JOB).await?;
    for (user, (role, status)) in &members {
        tenant.project_member(*user, role, status, now).await?;
    }
    tenant.finish_import(&archive.fingerprint, now).await?;
    let object = org.to_string();
    let fact = Fact {
        after: Some(json!({
            "from": source.id, "fingerprint": archive.fingerprint, "exportedAt": archive.tenant.exported_at,
            "rows": done.written.rows, "objects": done.written.objects, "isMerged": options.merge,
        })),
        ..Fact::impersonal(app.env(), "system", JOB, ("organization", &object))
    };
    tenant.audit_and_commit(&fact).await?;
    let (mut gone, mut other) = (Vec::new(), Vec::new());
    let active = archive.tenant.people.iter();
    for person in active.filter(|person| person.status.as_deref() == Some("active")) {
        let who = || {
            let email = person.email.clone();
            email.unwrap_or_else(|| person.id.to_string())
        };
        let id = person.clerk_user_id.as_ref().and_then(|id| here.get(id));
        match id.and_then(|id| members.get(&(*id).into())) {
            None => gone.push(who()),
            Some((role, _)) if person.role.as_ref().is_some_and(|there| there != role) => {
                other.push(OtherRole {
                    who: who(),
                    here: role.clone(),
                    there: person.role.clone().unwrap_or_default(),
                });
            }
            Some(_) => {}
        }
    }
    gone.sort();
    other.sort_by(|a, b| a.who.cmp(&b.who));
    Ok((gone, other))
}

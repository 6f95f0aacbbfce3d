//! Writing an archive: rows of one moment, then objects, one at a time.

use std::collections::BTreeMap;
use std::io::Write;

use aws_lc_rs::digest;
use bailiwick_kernel::id::OrgId;
use bailiwick_outside::storage::{ListedObject, ObjectKey};
use bailiwick_pg::migrate;
use bailiwick_store::archive::Snapshot;
use bailiwick_store::audit::{Fact, certificate};
use bailiwick_store::tenant::Placement;
use serde_json::json;

use super::manifest::{
    FORM, Listed, MANIFEST, Manifest, ObjectShape, Organization, SIGNATURE, Signature, TENANT,
    TableShape, Tenant, object_names, rows_name, sha256, to_json,
};
use super::tar::Writer;
use super::{Progress, refused};
use crate::{App, Error, Result};

/// So large an entry of rows is when the next one begins.
const PART_BYTES: usize = 16 * 1024 * 1024;

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// How much.
    pub progress: Progress,
    /// SHA-256 of the manifest: says which archive it is, wherever it goes.
    pub fingerprint: String,
    /// Keys of objects that were deleted while they were read.
    pub missing: Vec<String>,
}

/// Writes all of a tenant into `out`: its rows as of one moment, and then the objects that there
/// are. Memory is taken for a thousand rows, or for one object. `progress` hears of each part.
///
/// # Errors
/// `out`'s, the database's, the object store's; an object above the installation's limit for
/// uploads. What was written until then is no archive.
pub async fn export<W: Write>(
    app: &App,
    org: OrgId,
    out: W,
    progress: impl Fn(&Progress),
) -> Result<Exported> {
    let placement = app.store().find_placement(org).await?;
    let placement =
        placement.ok_or_else(|| refused(format!("organization {org} has no tenant")))?;
    let mut snapshot = app.store().snapshot(&placement).await?;
    let tenant = describe(app, &placement, &mut snapshot).await?;
    let mut archive = Archive {
        tar: Writer::new(out),
        entries: Vec::new(),
        rows: BTreeMap::new(),
        done: Progress::default(),
        progress: &progress,
    };
    archive.entry(TENANT.to_owned(), &to_json(&tenant)?)?;
    archive.rows(&mut snapshot).await?;
    // The moment is over: objects are not part of it.
    drop(snapshot);
    let prefix = ObjectKey::from_segments(["org", &tenant.organization.clerk_org_id]);
    let (objects_sha256, missing) = archive.objects(app, &prefix.map_err(refused)?).await?;
    let done = archive.done;
    let fingerprint = archive.finish(app, objects_sha256)?;
    record(app, &placement, &done, &fingerprint).await?;
    Ok(Exported {
        progress: done,
        fingerprint,
        missing,
    })
}

async fn describe(app: &App, placement: &Placement, snapshot: &mut Snapshot) -> Result<Tenant> {
    let organization = snapshot.described().await?;
    let organization = Organization::of(placement.tenant.uuid(), organization);
    let (mut people, mut after) = (Vec::new(), None);
    loop {
        let (page, last) = snapshot.people(after).await?;
        people.extend(page.into_iter().map(Into::into));
        match last {
            Some(last) => after = Some(last),
            None => break,
        }
    }
    let tables = snapshot.tables().iter().map(|table| TableShape {
        name: table.name.clone(),
        columns: table.columns.clone(),
    });
    Ok(Tenant {
        form: FORM.to_owned(),
        exported_at: app.env().now(),
        organization,
        schema_versions: versions(app, placement).await?,
        people,
        tables: tables.collect(),
    })
}

/// The newest migration of each tree.
async fn versions(app: &App, placement: &Placement) -> Result<BTreeMap<String, i32>> {
    let (pool, schema) = (app.store().pool(), placement.schema.as_str());
    let newest = |known: BTreeMap<i32, i64>| known.keys().last().copied().unwrap_or(0);
    let ours = migrate::versions(pool, schema).await?;
    let mut versions = BTreeMap::from([("tenant".to_owned(), newest(ours))]);
    for module in app.store().modules() {
        let known = migrate::versions_recorded_in(pool, schema, &module.ledger()).await?;
        versions.insert(module.name.to_owned(), newest(known));
    }
    Ok(versions)
}

/// Rows as entries that are not much larger than [`PART_BYTES`]: what is written can be read again,
/// however large the rows are.
fn parts(lines: &[String]) -> Vec<String> {
    let mut parts = vec![String::new()];
    for line in lines {
        match parts.last_mut() {
            Some(part) if part.len() < PART_BYTES => {
                part.push_str(line);
                part.push('\n');
            }
            _ => parts.push(format!("{line}\n")),
        }
    }
    parts
}

struct Archive<'a, W, P> {
    tar: Writer<W>,
    entries: Vec<Listed>,
    rows: BTreeMap<String, u64>,
    done: Progress,
    progress: &'a P,
}

impl<W: Write, P: Fn(&Progress)> Archive<'_, W, P> {
    fn entry(&mut self, name: String, body: &[u8]) -> Result<()> {
        self.tar.entry(&name, body)?;
        self.entries.push(Listed {
            name,
            size: body.len() as u64,
            sha256: sha256(body),
        });
        Ok(())
    }

    async fn rows(&mut self, snapshot: &mut Snapshot) -> Result<()> {
        for (place, table) in (1..).zip(snapshot.tables().to_vec()) {
            let (mut after, mut part) = (None, 0);
            loop {
                let (lines, last) = snapshot.rows(&table, after.as_ref()).await?;
                let Some(last) = last else { break };
                for body in parts(&lines) {
                    part += 1;
                    self.entry(rows_name(place, part), body.as_bytes())?;
                }
                let count = lines.len() as u64;
                *self.rows.entry(table.name.clone()).or_default() += count;
                self.done.rows += count;
                (self.progress)(&self.done);
                after = Some(last);
            }
        }
        Ok(())
    }

    async fn objects(&mut self, app: &App, prefix: &ObjectKey) -> Result<(String, Vec<String>)> {
        let mut shapes = digest::Context::new(&digest::SHA256);
        let (mut missing, mut after) = (Vec::new(), None::<String>);
        loop {
            let page = app.objects().list(Some(prefix), after.as_deref()).await?;
            for object in &page.objects {
                match self.object(app, prefix, object).await? {
                    Some(shape) => shapes.update(&shape),
                    None => missing.push(object.key.to_string()),
                }
            }
            match page.next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        Ok((hex::encode(shapes.finish()), missing))
    }

    /// One object; its description, or none where it is gone.
    async fn object(
        &mut self,
        app: &App,
        prefix: &ObjectKey,
        object: &ListedObject,
    ) -> Result<Option<Vec<u8>>> {
        let key = &object.key;
        let max = app.settings().upload_bytes_max;
        if object.size > max {
            let text = format!("{key} has {} bytes; UPLOAD_BYTES_MAX is {max}", object.size);
            return Err(refused(text));
        }
        let meta = app.objects().head(key).await?;
        let bytes = app
            .objects()
            .get(key, usize::try_from(max).unwrap_or(usize::MAX));
        let (Some(meta), Some(bytes)) = (meta, bytes.await?) else {
            return Ok(None);
        };
        let below = key.as_str().strip_prefix(&format!("{prefix}/"));
        let shape = ObjectShape {
            key: below.unwrap_or_default().to_owned(),
            content_type: meta.content_type.unwrap_or_default(),
            size: bytes.len() as u64,
            sha256: sha256(&bytes),
        };
        let shape = to_json(&shape)?;
        self.done.objects += 1;
        self.done.bytes += bytes.len() as u64;
        let (description, body) = object_names(self.done.objects);
        self.tar.entry(&description, &shape)?;
        self.tar.entry(&body, &bytes)?;
        (self.progress)(&self.done);
        Ok(Some(shape))
    }

    fn finish(mut self, app: &App, objects_sha256: String) -> Result<String> {
        let manifest = to_json(&Manifest {
            form: FORM.to_owned(),
            entries: self.entries,
            rows: self.rows,
            objects: self.done.objects,
            bytes: self.done.bytes,
            objects_sha256,
        })?;
        let keys = app.store().keys();
        let keys = keys.ok_or_else(|| refused("AUDIT_KEYS is not set: it cannot be signed"))?;
        let fingerprint = sha256(&manifest);
        let mac = certificate::sign(keys, &fingerprint);
        let signature = to_json(&Signature {
            fingerprint: fingerprint.clone(),
            key_id: mac.key_id,
            mac: hex::encode(mac.bytes),
        })?;
        self.tar.entry(MANIFEST, &manifest)?;
        self.tar.entry(SIGNATURE, &signature)?;
        self.tar.finish()?;
        Ok(fingerprint)
    }
}

/// That all of it was taken out is a fact of the tenant.
async fn record(
    app: &App,
    placement: &Placement,
    done: &Progress,
    fingerprint: &str,
) -> Result<()> {
    let tx = app.store().control().await?;
    let tenant = app.store().step_into(tx, placement, "tenants.export").await;
    let tenant = match tenant {
        Err(bailiwick_store::Error::Refused) => {
            let moved =
                "the tenant moved while it was read: its archive is whole, and no fact tells of it";
            return Err(Error::Archive(moved.to_owned()));
        }
        other => other?,
    };
    let object = placement.tenant.to_string();
    let fact = Fact {
        after: Some(
            json!({"rows": done.rows, "objects": done.objects, "fingerprint": fingerprint}),
        ),
        ..Fact::impersonal(
            app.env(),
            "system",
            "tenants.export",
            ("organization", &object),
        )
    };
    Ok(tenant.audit_and_commit(&fact).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_rows_are_in_entries_of_their_own() {
        let small = vec!["{}".to_owned(); 3];
        assert_eq!(parts(&small), ["{}\n{}\n{}\n"]);
        let large = vec!["x".repeat(PART_BYTES / 2 + 1); 5];
        let sizes: Vec<usize> = parts(&large)
            .iter()
            .map(|part| part.lines().count())
            .collect();
        assert_eq!(sizes, [2, 2, 1]);
    }
}

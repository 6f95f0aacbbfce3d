//! Reading an archive without writing anything: every entry is what the manifest says, nothing is
//! missing and nothing is there besides, and the manifest is ours or the one that was named.

use std::collections::BTreeMap;
use std::io::Read;

use aws_lc_rs::digest;
use bailiwick_store::audit::{Keys, Mac, certificate};

use super::manifest::{
    FORM, Listed, MANIFEST, Manifest, ObjectShape, SIGNATURE, Signature, TENANT, TEXT_MAX, Tenant,
    from_json, object_names, rows_name, sha256,
};
use super::tar::{Entry, Reader};
use super::{Progress, refused};
use crate::Result;

/// An archive that is whole.
#[derive(Debug, Clone)]
pub struct Verified {
    /// What is archived.
    pub tenant: Tenant,
    /// Its entries.
    pub manifest: Manifest,
    /// SHA-256 of the manifest.
    pub fingerprint: String,
}

/// Reads all of an archive. `fingerprint` is what the export printed: needed where the archive was
/// signed with keys that are not among `keys`.
///
/// # Errors
/// What is wrong with it.
pub fn verify<R: Read>(
    input: R,
    keys: &Keys,
    fingerprint: Option<&str>,
    object_bytes_max: u64,
) -> Result<Verified> {
    let mut reading = Reading {
        tar: Reader::new(input),
        met: Vec::new(),
        tenant: None,
        shapes: digest::Context::new(&digest::SHA256),
        done: Progress::default(),
        object_bytes_max,
    };
    let manifest = loop {
        let entry = reading.next()?;
        if entry.name == MANIFEST {
            break reading.tar.body(&entry, TEXT_MAX)?;
        }
        reading.entry(&entry)?;
    };
    let entry = reading.next()?;
    if entry.name != SIGNATURE {
        return Err(refused("it has no signature behind its manifest"));
    }
    let signature: Signature = from_json(SIGNATURE, &reading.tar.body(&entry, TEXT_MAX)?)?;
    if reading.tar.next()?.is_some() {
        return Err(refused("it goes on behind its signature"));
    }
    let found = sha256(&manifest);
    is_meant(keys, &signature, &found, fingerprint)?;
    let manifest: Manifest = from_json(MANIFEST, &manifest)?;
    let tenant = reading.compare(&manifest)?;
    Ok(Verified {
        tenant,
        manifest,
        fingerprint: found,
    })
}

/// Whether we signed it, or the operator named exactly this one.
fn is_meant(keys: &Keys, signature: &Signature, found: &str, named: Option<&str>) -> Result<()> {
    if signature.fingerprint != found {
        return Err(refused("its manifest is not what was signed"));
    }
    if let Some(named) = named {
        return if named.eq_ignore_ascii_case(found) {
            Ok(())
        } else {
            Err(refused(format!(
                "its fingerprint is {found}, not the one that was named"
            )))
        };
    }
    let mac = Mac {
        key_id: signature.key_id.clone(),
        bytes: hex::decode(&signature.mac).map_err(refused)?,
    };
    if certificate::is_genuine(keys, found, &mac) {
        return Ok(());
    }
    Err(refused(format!(
        "it was not signed with a key of AUDIT_KEYS. If it comes from another installation, compare \
         what its export printed with {found} and name it: --fingerprint"
    )))
}

struct Reading<R> {
    tar: Reader<R>,
    met: Vec<Listed>,
    tenant: Option<Tenant>,
    shapes: digest::Context,
    done: Progress,
    object_bytes_max: u64,
}

impl<R: Read> Reading<R> {
    fn next(&mut self) -> Result<Entry> {
        let entry = self.tar.next()?;
        entry.ok_or_else(|| refused("it ends without a manifest or a signature"))
    }

    fn entry(&mut self, entry: &Entry) -> Result<()> {
        let (description, bytes) = object_names(self.done.objects + 1);
        if entry.name == description {
            let shape = self.tar.body(entry, TEXT_MAX)?;
            self.shapes.update(&shape);
            let shape: ObjectShape = from_json(&entry.name, &shape)?;
            let entry = self.next()?;
            if entry.name != bytes {
                return Err(refused(format!("{} has no bytes", shape.key)));
            }
            let body = self.tar.body(&entry, self.object_bytes_max)?;
            if body.len() as u64 != shape.size || sha256(&body) != shape.sha256 {
                return Err(refused(format!("{} is not what it was", shape.key)));
            }
            self.done.objects += 1;
            self.done.bytes += shape.size;
            return Ok(());
        }
        let body = self.tar.body(entry, TEXT_MAX)?;
        if entry.name == TENANT && self.met.is_empty() {
            self.tenant = Some(from_json(TENANT, &body)?);
        }
        self.met.push(Listed {
            name: entry.name.clone(),
            size: body.len() as u64,
            sha256: sha256(&body),
        });
        Ok(())
    }

    /// What was met is what is listed, and the tables' parts are those of the tables.
    fn compare(self, manifest: &Manifest) -> Result<Tenant> {
        let tenant = self
            .tenant
            .ok_or_else(|| refused("it does not begin with tenant.json"))?;
        if manifest.form != FORM || tenant.form != FORM {
            return Err(refused(format!("it is not of the form {FORM}")));
        }
        let differs = self.met.iter().zip(&manifest.entries).find(|(a, b)| a != b);
        if let Some((met, listed)) = differs {
            let text = format!("{} is not what it was ({})", met.name, listed.name);
            return Err(refused(text));
        }
        let objects = hex::encode(self.shapes.finish());
        let is_all = self.met.len() == manifest.entries.len()
            && (self.done.objects, self.done.bytes) == (manifest.objects, manifest.bytes)
            && objects == manifest.objects_sha256;
        if !is_all {
            return Err(refused("it has other entries than its manifest"));
        }
        let parts: Vec<&str> = self
            .met
            .iter()
            .skip(1)
            .map(|met| met.name.as_str())
            .collect();
        let mut expected = Vec::new();
        let mut left: BTreeMap<&str, u64> = BTreeMap::new();
        for part in &parts {
            let table = part.split('/').nth(1).unwrap_or_default();
            *left.entry(table).or_default() += 1;
        }
        for place in 1..=tenant.tables.len() {
            let table = format!("{place:03}");
            let count = left.remove(table.as_str()).unwrap_or(0);
            expected.extend((1..=count).map(|part| rows_name(place, part)));
        }
        if expected != parts {
            return Err(refused("it has rows of no table"));
        }
        Ok(tenant)
    }
}

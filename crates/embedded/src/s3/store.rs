//! Objects on the file system: `<bucket>/objects/<sha256 of the key>` and `<bucket>/tmp/`.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use aws_lc_rs::digest;
use tempfile::{NamedTempFile, TempPath};

use super::error::ObjectStoreError;
use super::object::Facts;
use crate::dir_lock::DirLock;

/// The buckets of one directory. Cheap to clone; the methods block on the disk.
#[derive(Debug, Clone)]
pub(super) struct Store {
    dir: Arc<PathBuf>,
    _lock: Arc<DirLock>,
}

/// A bucket that exists.
#[derive(Debug, Clone)]
pub(super) struct Bucket {
    objects: PathBuf,
    tmp: PathBuf,
}

/// Whether an upload may replace what is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Replace {
    Yes,
    /// `If-None-Match: *`: the first one wins.
    No,
}

impl Store {
    /// Opens the directory, creates missing buckets and clears what uploads left behind.
    pub fn open(dir: &Path, buckets: &[String]) -> Result<Self, ObjectStoreError> {
        let doing = |what: &str| ObjectStoreError::io(format!("{what} {}", dir.display()));
        fs::create_dir_all(dir).map_err(doing("creating"))?;
        let lock = DirLock::take(dir).map_err(ObjectStoreError::lock(dir.to_owned()))?;
        for name in buckets {
            if !s3s::path::check_bucket_name(name) {
                return Err(ObjectStoreError::BucketName {
                    bucket: name.clone(),
                });
            }
            let bucket = Bucket::at(&dir.join(name));
            fs::create_dir_all(&bucket.objects).map_err(doing("creating a bucket in"))?;
        }
        let entries = fs::read_dir(dir).map_err(doing("listing"))?;
        for entry in entries {
            let entry = entry.map_err(doing("listing"))?;
            let bucket = Bucket::at(&entry.path());
            if bucket.objects.is_dir() {
                bucket
                    .clear_uploads()
                    .map_err(doing("clearing uploads in"))?;
            }
        }
        sync_dir(dir).map_err(doing("syncing"))?;
        Ok(Self {
            dir: Arc::new(dir.to_owned()),
            _lock: Arc::new(lock),
        })
    }

    /// The bucket, if it exists.
    pub fn bucket(&self, name: &str) -> Option<Bucket> {
        let bucket = Bucket::at(&self.dir.join(name));
        (s3s::path::check_bucket_name(name) && bucket.objects.is_dir()).then_some(bucket)
    }
}

impl Bucket {
    fn at(dir: &Path) -> Self {
        Self {
            objects: dir.join("objects"),
            tmp: dir.join("tmp"),
        }
    }

    fn clear_uploads(&self) -> io::Result<()> {
        match fs::remove_dir_all(&self.tmp) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => fs::create_dir(&self.tmp)?,
        }
        self.tmp.parent().map_or(Ok(()), sync_dir)
    }

    /// A file for an upload; it vanishes unless it is published.
    pub fn upload(&self) -> io::Result<(File, TempPath)> {
        Ok(NamedTempFile::new_in(&self.tmp)?.into_parts())
    }

    /// Makes an uploaded file the object, durably. `false`: there is one, and it was to stay.
    pub fn publish(
        &self,
        mut file: File,
        path: TempPath,
        facts: &Facts,
        replace: Replace,
    ) -> io::Result<bool> {
        facts.append_to(&mut file)?;
        file.sync_all()?;
        let place = self.place(&facts.key);
        let published = match replace {
            Replace::Yes => path.persist(place),
            Replace::No => path.persist_noclobber(place),
        };
        match published {
            Ok(()) => {}
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => return Ok(false),
            Err(error) => return Err(error.error),
        }
        sync_dir(&self.objects)?;
        Ok(true)
    }

    /// Opens an object, its content at the file's beginning.
    pub fn open(&self, key: &str) -> io::Result<Option<(File, Facts, SystemTime)>> {
        match File::open(self.place(key)) {
            Ok(file) => {
                let (facts, changed) = Facts::read(&file)?;
                Ok(Some((file, facts, changed)))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Removes an object, durably. One that is not there is removed already.
    pub fn remove(&self, key: &str) -> io::Result<()> {
        match fs::remove_file(self.place(key)) {
            Ok(()) => sync_dir(&self.objects),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Every object, in no order. One that is removed meanwhile is left out.
    pub fn scan(&self) -> io::Result<impl Iterator<Item = io::Result<(Facts, SystemTime)>>> {
        let entries = fs::read_dir(&self.objects)?;
        Ok(entries.filter_map(
            |entry| match entry.and_then(|entry| File::open(entry.path())) {
                Ok(file) => Some(Facts::read(&file)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => None,
                Err(error) => Some(Err(error)),
            },
        ))
    }

    fn place(&self, key: &str) -> PathBuf {
        let hash = digest::digest(&digest::SHA256, key.as_bytes());
        self.objects.join(hex::encode(hash))
    }
}

/// Makes renames and removals in a directory durable.
fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

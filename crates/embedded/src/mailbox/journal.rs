//! The file behind a mailbox: one message a line, newest last.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::message::DeliveredMessage;

/// An append-only file of messages that is rewritten when most of it is outdated.
#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    file: File,
    /// Bytes of whole lines.
    length: u64,
    /// Messages in the file, outdated ones included.
    pub lines: usize,
}

impl Journal {
    /// Opens or creates the file; hands over its messages, oldest first, at most the newest
    /// `max`. A line that a kill or a full disk cut short was never acknowledged and is cut off.
    pub fn open(dir: &Path, max: usize) -> io::Result<(Self, Vec<Arc<DeliveredMessage>>)> {
        let path = dir.join("messages.ndjson");
        let file = OpenOptions::new()
            .create(true)
            .read(true)
            .append(true)
            .open(&path)?;
        let mut journal = Self {
            path,
            file,
            length: 0,
            lines: 0,
        };
        let mut messages = std::collections::VecDeque::new();
        let mut reader = BufReader::new(journal.file.try_clone()?);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line)? > 0 && line.ends_with(b"\n") {
            match serde_json::from_slice(&line) {
                Ok(message) => messages.push_back(Arc::new(message)),
                Err(error) => tracing::warn!(%error, "a stored message cannot be read"),
            }
            if messages.len() > max {
                messages.pop_front();
            }
            journal.length += line.len() as u64;
            journal.lines += 1;
            line.clear();
        }
        journal.file.set_len(journal.length)?;
        sync_dir(dir)?;
        Ok((journal, messages.into()))
    }

    /// Appends one line, durably; where that fails the file is as it was.
    pub fn append(&mut self, line: &[u8]) -> io::Result<()> {
        let written = self
            .file
            .write_all(line)
            .and_then(|()| self.file.sync_data());
        if let Err(error) = written {
            self.file.set_len(self.length)?;
            return Err(error);
        }
        self.length += line.len() as u64;
        self.lines += 1;
        Ok(())
    }

    /// Replaces the file by one of these messages alone, durably and in one step.
    pub fn rewrite<'m>(
        &mut self,
        messages: impl Iterator<Item = &'m DeliveredMessage>,
    ) -> io::Result<()> {
        let fresh = self.path.with_extension("tmp");
        let mut writer = io::BufWriter::new(File::create(&fresh)?);
        let (mut length, mut lines) = (0, 0);
        for message in messages {
            let line = encode(message)?;
            writer.write_all(&line)?;
            length += line.len() as u64;
            lines += 1;
        }
        writer
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?
            .sync_all()?;
        fs::rename(&fresh, &self.path)?;
        self.path.parent().map_or(Ok(()), sync_dir)?;
        self.file = OpenOptions::new().append(true).open(&self.path)?;
        (self.length, self.lines) = (length, lines);
        Ok(())
    }
}

/// A message as a line of the file.
pub(super) fn encode(message: &DeliveredMessage) -> io::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    Ok(line)
}

fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

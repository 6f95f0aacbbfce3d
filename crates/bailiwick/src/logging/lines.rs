//! Log lines on their way to standard error: gathered for a moment and written together by a
//! thread of their own, so that no request pays for a system call.
//!
//! A process that is killed loses the lines of its last moment; one that ends loses none.

use std::io::{self, Write as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::Thread;
use std::time::Duration;

use tracing_subscriber::fmt::MakeWriter;

/// How long lines gather.
const MOMENT: Duration = Duration::from_millis(10);
/// With more than this unwritten, in bytes, whoever logs writes: a log that cannot keep up slows
/// its writers down instead of filling memory.
const FULL: usize = 1 << 20;

/// The lines that are not written yet.
#[derive(Clone)]
pub struct Lines(Arc<Shared>);

struct Shared {
    pending: Mutex<Vec<u8>>,
    /// Held while writing, so that lines keep their order.
    writing: Mutex<()>,
    writer: Thread,
}

/// Writes what is left when it is dropped, at the end of the process.
#[must_use = "the last lines are written when it is dropped"]
pub struct Guard(Lines);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.write_out();
    }
}

impl Lines {
    /// Starts the thread. It ends with the process.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn start() -> io::Result<(Self, Guard)> {
        let (tell, told) = std::sync::mpsc::sync_channel::<Self>(1);
        let thread = std::thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || {
                let Ok(lines) = told.recv() else { return };
                loop {
                    std::thread::park();
                    std::thread::sleep(MOMENT);
                    lines.write_out();
                }
            })?;
        let lines = Self(Arc::new(Shared {
            pending: Mutex::new(Vec::new()),
            writing: Mutex::new(()),
            writer: thread.thread().clone(),
        }));
        // The thread waits for it, so there is room.
        drop(tell.send(lines.clone()));
        Ok((lines.clone(), Guard(lines)))
    }

    fn pending(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0
            .pending
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn write_out(&self) {
        let _turn = self
            .0
            .writing
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let lines = std::mem::take(&mut *self.pending());
        // Standard error is gone where this fails: there is nowhere left to say it.
        drop(io::stderr().write_all(&lines));
    }
}

impl io::Write for Lines {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut pending = self.pending();
        let was_empty = pending.is_empty();
        pending.extend_from_slice(line);
        let is_full = pending.len() > FULL;
        drop(pending);
        if is_full {
            self.write_out();
        } else if was_empty {
            self.0.writer.unpark();
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.write_out();
        Ok(())
    }
}

impl MakeWriter<'_> for Lines {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_leave_together_and_in_order() {
        let (lines, guard) = Lines::start().unwrap();
        for number in 0..3 {
            writeln!(lines.clone(), "{number}").unwrap();
        }
        drop(guard);
        assert!(lines.pending().is_empty());
    }
}

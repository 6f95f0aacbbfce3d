//! What commands answer, on standard output. Whoever reads it may leave before the end.

use std::io::{ErrorKind, Write as _};

/// Nobody reads any more. No fault: the command has nothing left to say.
#[derive(Debug, thiserror::Error)]
#[error("nobody reads the output any more")]
pub struct Closed;

/// Writes a command's answer and a line's end.
///
/// # Errors
/// [`Closed`] where nobody reads; what else stopped the writing.
pub fn print(text: &str) -> anyhow::Result<()> {
    match write(text) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(Closed.into()),
        other => Ok(other?),
    }
}

/// Writes a line of a command that goes on whether or not somebody reads along.
pub fn say(text: &str) {
    match write(text) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            tracing::warn!(%error, "the output cannot be written");
        }
        Ok(()) | Err(_) => {}
    }
}

/// In one piece, so that no reader sees half of it.
fn write(text: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("{text}\n").as_bytes())?;
    out.flush()
}

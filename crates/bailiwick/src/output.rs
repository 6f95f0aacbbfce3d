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

/// Columns for people, as wide as their widest cell; no rule, so that `awk` and `cut` find their way.
#[must_use]
pub fn table(heads: &[&str], rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        let widest = cells.map(|cell| cell.chars().count()).max().unwrap_or(0);
        widest.max(heads.get(column).map_or(0, |head| head.chars().count()))
    };
    let widths: Vec<usize> = (0..heads.len()).map(width).collect();
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let padded = cells
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}"));
        let line = padded.collect::<Vec<_>>().join("  ");
        line.trim_end().to_owned()
    };
    let mut lines = vec![line(&mut heads.iter().copied())];
    lines.extend(
        rows.iter()
            .map(|row| line(&mut row.iter().map(String::as_str))),
    );
    lines.join("\n")
}

/// In one piece, so that no reader sees half of it.
fn write(text: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("{text}\n").as_bytes())?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [
            vec!["acme".to_owned(), "pro".to_owned()],
            vec!["a".to_owned(), String::new()],
        ];
        assert_eq!(table(&["slug", "t"], &rows), "slug  t\nacme  pro\na");
    }
}

//! Users from and to files: NDJSON with the fields of the Backend API, and CSV with the columns of
//! Clerk's own export.
//!
//! Each user is a transaction of its own and is told of like any other. The id in the file is kept
//! as `external_id`, which is unique: an import that was cut off is simply repeated.

mod csv_file;
mod export;
mod import;
mod record;

pub use csv_file::{read as read_csv, write as write_csv};
pub use export::export;
pub(crate) use import::STATEMENTS;
pub use import::{Import, Outcome};
pub use record::Record;

/// A line's number, from 1, and its user, or what is wrong with it.
pub type Line = (usize, Result<Record, String>);

/// Reads NDJSON: a user a line. Each with its line, or what is wrong with it.
pub fn read_ndjson(text: &str) -> Vec<Line> {
    text.lines()
        .zip(1..)
        .filter(|(line, _)| !line.trim().is_empty())
        .map(|(line, number)| {
            let record = serde_json::from_str(line).map_err(|error| error.to_string());
            (number, record)
        })
        .collect()
}

/// Writes NDJSON: a user a line.
///
/// # Errors
/// None that can happen: every record can be written.
pub fn write_ndjson(records: &[Record]) -> Result<String, String> {
    records.iter().try_fold(String::new(), |mut text, record| {
        text.push_str(&serde_json::to_string(record).map_err(|error| error.to_string())?);
        text.push('\n');
        Ok(text)
    })
}

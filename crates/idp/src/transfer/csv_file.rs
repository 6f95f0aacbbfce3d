//! CSV with the columns of Clerk's export.

use super::{Line, Record};

/// The columns, in Clerk's order.
const COLUMNS: [&str; 13] = [
    "id",
    "first_name",
    "last_name",
    "username",
    "primary_email_address",
    "primary_phone_number",
    "verified_email_addresses",
    "unverified_email_addresses",
    "verified_phone_numbers",
    "unverified_phone_numbers",
    "totp_secret",
    "password_digest",
    "password_hasher",
];
/// What stands between several addresses in one field, and what may.
const SEPARATOR: &str = "|";
const SEPARATORS: [char; 4] = ['|', ',', ';', ' '];

/// Reads CSV with a head line, in any order of its columns. Each user with its line, or what is
/// wrong with it.
///
/// # Errors
/// No head line, or a column that is not known: its values would be lost.
pub fn read(text: &str) -> Result<Vec<Line>, String> {
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let head = reader.headers().map_err(|error| error.to_string())?.clone();
    let known = |name: &&str| COLUMNS.contains(name) || *name == "external_id";
    if head.is_empty() {
        return Err("the file is empty: its first line names the columns".to_owned());
    }
    if let Some(unknown) = head.iter().find(|name| !known(name)) {
        let columns = COLUMNS.join(", ");
        return Err(format!(
            "line 1: no column is called {unknown}; there are {columns}"
        ));
    }
    let mut records = Vec::new();
    for row in reader.records() {
        match row {
            Ok(row) => {
                let line = row.position().map_or(0, |at| at.line());
                let line = usize::try_from(line).unwrap_or(usize::MAX);
                let field = |name: &str| {
                    let column = head.iter().position(|column| column == name)?;
                    row.get(column)
                        .map(str::trim)
                        .filter(|value| !value.is_empty())
                };
                records.push((line, Ok(record(field))));
            }
            Err(error) => {
                let line = error.position().map_or(0, |at| at.line());
                let line = usize::try_from(line).unwrap_or(usize::MAX);
                records.push((line, Err(error.to_string())));
            }
        }
    }
    Ok(records)
}

fn record<'a>(field: impl Fn(&str) -> Option<&'a str>) -> Record {
    let text = |name| field(name).map(str::to_owned);
    let list = |name| {
        let value = field(name).unwrap_or_default();
        let parts = value.split(SEPARATORS).filter(|part| !part.is_empty());
        parts.map(str::to_owned).collect()
    };
    Record {
        id: text("id"),
        external_id: text("external_id"),
        first_name: text("first_name"),
        last_name: text("last_name"),
        username: text("username"),
        primary_email_address: text("primary_email_address"),
        verified_email_addresses: list("verified_email_addresses"),
        unverified_email_addresses: list("unverified_email_addresses"),
        primary_phone_number: text("primary_phone_number"),
        verified_phone_numbers: list("verified_phone_numbers"),
        unverified_phone_numbers: list("unverified_phone_numbers"),
        password_digest: text("password_digest"),
        password_hasher: text("password_hasher"),
        totp_secret: text("totp_secret"),
        ..Record::default()
    }
}

/// Writes CSV. Metadata has no column: NDJSON has everything.
///
/// # Errors
/// None that can happen: every record can be written.
pub fn write(records: &[Record]) -> Result<String, String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let written = (|| {
        writer.write_record(COLUMNS)?;
        for record in records {
            let text = |value: &Option<String>| value.clone().unwrap_or_default();
            writer.write_record([
                text(&record.id),
                text(&record.first_name),
                text(&record.last_name),
                text(&record.username),
                text(&record.primary_email_address),
                text(&record.primary_phone_number),
                record.verified_email_addresses.join(SEPARATOR),
                record.unverified_email_addresses.join(SEPARATOR),
                record.verified_phone_numbers.join(SEPARATOR),
                record.unverified_phone_numbers.join(SEPARATOR),
                String::new(),
                text(&record.password_digest),
                text(&record.password_hasher),
            ])?;
        }
        writer.flush()?;
        Ok::<_, csv::Error>(())
    })();
    written.map_err(|error| error.to_string())?;
    let bytes = writer.into_inner().map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_come_in_any_order_and_lines_are_counted() {
        let text = "\u{feff}first_name,id,verified_email_addresses\n\"Ada, \"\"Countess\"\"\",user_1,a@x.example|b@x.example\n\
                    \"two\nlines\",user_2,\nshort\nZoë,user_4,c@x.example\n";
        let rows = read(text).unwrap();
        let lines: Vec<usize> = rows.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [2, 3, 5, 6]);
        let first = rows[0].1.as_ref().unwrap();
        assert_eq!(first.first_name.as_deref(), Some("Ada, \"Countess\""));
        assert_eq!(
            first.verified_email_addresses,
            ["a@x.example", "b@x.example"]
        );
        assert!(rows[2].1.is_err());
        assert_eq!(rows[3].1.as_ref().unwrap().key(), Some("user_4"));
    }

    #[test]
    fn an_unknown_column_is_named() {
        assert!(read("id,shoe_size\n").unwrap_err().contains("shoe_size"));
        assert!(read("").is_err());
    }

    #[test]
    fn what_is_written_can_be_read() {
        let record = Record {
            id: Some("user_1".to_owned()),
            last_name: Some("=1+1, \"x\"\n".trim().to_owned()),
            verified_phone_numbers: vec!["+4930123456".to_owned(), "+4930123457".to_owned()],
            ..Record::default()
        };
        let text = write(std::slice::from_ref(&record)).unwrap();
        assert_eq!(read(&text).unwrap()[0].1.as_ref().unwrap(), &record);
    }
}

//! Facts as comma-separated values (RFC 4180) that a spreadsheet shows and does not run.

use bailiwick_kernel::Problem;
use serde_json::Value;

use super::EntryView;

/// The columns.
pub const HEADER: &str = "id,at,origin,actorId,actorName,impersonator,action,objectType,objectId,\
                          before,after,requestId,address\r\n";

/// One line.
///
/// # Errors
/// A value that cannot be written as JSON, which no value is.
pub fn line(entry: &EntryView) -> Result<String, Problem> {
    let json = |value: &Option<Value>| {
        let text = value.as_ref().map(serde_json::to_string).transpose();
        text.map(Option::unwrap_or_default)
            .map_err(Problem::internal)
    };
    let actor = entry.actor.as_ref();
    let cells = [
        entry.id.to_string(),
        entry.at.to_string(),
        entry.origin.clone(),
        actor.map(|actor| actor.id.to_string()).unwrap_or_default(),
        actor.and_then(|a| a.name.clone()).unwrap_or_default(),
        entry.impersonator.clone().unwrap_or_default(),
        entry.action.clone(),
        entry.object_type.clone(),
        entry.object_id.clone(),
        json(&entry.before)?,
        json(&entry.after)?,
        entry
            .request_id
            .map(|id| id.to_string())
            .unwrap_or_default(),
        entry.address.clone().unwrap_or_default(),
    ];
    let mut line = cells.map(|text| cell(&text)).join(",");
    line.push_str("\r\n");
    Ok(line)
}

/// A cell. What a spreadsheet would take for a formula gets an apostrophe in front, which it shows
/// as text.
fn cell(text: &str) -> String {
    let first = text.trim_start_matches([' ', '\u{a0}']).chars().next();
    let is_formula = matches!(
        first,
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠')
    );
    let guard = if is_formula { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn a_cell_holds_its_text_and_no_formula() {
        for (text, expected) in [
            ("", "\"\""),
            ("a,b", "\"a,b\""),
            ("say \"hi\"\r\nthere", "\"say \"\"hi\"\"\r\nthere\""),
            ("=1+1", "\"'=1+1\""),
            (" =1+1", "\"' =1+1\""),
            ("+1", "\"'+1\""),
            ("-1", "\"'-1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("\t=1", "\"'\t=1\""),
            ("\r=1", "\"'\r=1\""),
            ("＝1", "\"'＝1\""),
            ("=cmd|' /C calc'!A0", "\"'=cmd|' /C calc'!A0\""),
            ("{\"a\":\"=1\"}", "\"{\"\"a\"\":\"\"=1\"\"}\""),
        ] {
            assert_eq!(cell(text), expected, "{text:?}");
        }
    }
}

//! A migration's text, cut into statements.

/// Splits at `;` that end a line, except between the `$$` of a function's body.
pub(super) fn statements(sql: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut current = String::new();
    let mut in_body = false;
    for line in sql.lines() {
        if !in_body && line.trim_start().starts_with("--") {
            continue;
        }
        if line.matches("$$").count() % 2 == 1 {
            in_body = !in_body;
        }
        current.push_str(line);
        current.push('\n');
        if !in_body && line.trim_end().ends_with(';') {
            found.push(std::mem::take(&mut current));
        }
    }
    if !current.trim().is_empty() {
        found.push(current);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_split_outside_of_bodies() {
        let sql = "-- a comment;\ncreate table a (x int);\ncreate function f() returns int as $$\nbegin\n  return 1;\nend $$ language plpgsql;\nselect 1";
        assert_eq!(statements(sql).len(), 3);
    }
}

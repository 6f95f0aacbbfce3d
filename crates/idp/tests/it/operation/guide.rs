//! The guide's table of settings is what the code says of them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use bailiwick_idp::Settings;
use serde_json::Value;

const GUIDE: &str = "docs/guides/identity-provider.md";
const BEGIN: &str = "<!-- settings: written by a test -->";
const END: &str = "<!-- /settings -->";
/// How deep sections nest; a bound on a circle.
const DEPTH: usize = 5;

/// A struct or an enum of the settings, as its source has it.
#[derive(Default)]
struct Kind {
    is_enum: bool,
    /// Name, type (none of a variant), and what it is.
    members: Vec<(String, String, String)>,
}

fn kinds() -> BTreeMap<String, Kind> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/settings");
    let mut kinds = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        let mut doc = String::new();
        let mut open: Option<(String, Kind)> = None;
        for line in text.lines() {
            let line = line.trim();
            if let Some(text) = line.strip_prefix("///") {
                doc.push_str(text);
                continue;
            }
            let head = |word: &str| {
                let rest = line.strip_prefix("pub ")?.strip_prefix(word)?;
                rest.trim()
                    .strip_suffix('{')
                    .map(|name| name.trim().to_owned())
            };
            if let Some(name) = head("struct ").or(head("enum ")) {
                let is_enum = line.contains("enum ");
                open = Some((
                    name,
                    Kind {
                        is_enum,
                        members: Vec::new(),
                    },
                ));
            } else if line == "}" {
                if let Some((name, kind)) = open.take() {
                    kinds.insert(name, kind);
                }
            } else if let Some((_, kind)) = &mut open {
                let field = line
                    .strip_prefix("pub ")
                    .and_then(|rest| rest.split_once(": "));
                let about = doc.trim().to_owned();
                match field {
                    Some((name, of)) => {
                        let of = of.trim_end_matches(',').to_owned();
                        kind.members.push((name.to_owned(), of, about));
                    }
                    None if kind.is_enum && line.ends_with(',') && !line.starts_with('#') => {
                        let name = line.trim_end_matches(',').to_owned();
                        kind.members.push((name, String::new(), about));
                    }
                    None => {}
                }
            }
            if !line.starts_with('#') {
                doc.clear();
            }
        }
    }
    kinds
}

/// `AutomaticInvitation` as `automatic_invitation`.
fn snake(name: &str) -> String {
    let mut text = String::new();
    for (place, letter) in name.chars().enumerate() {
        if letter.is_uppercase() && place > 0 {
            text.push('_');
        }
        text.extend(letter.to_lowercase());
    }
    text
}

/// The type inside of `Option<…>`, `Vec<…>` and `BTreeMap<…, …>`, and what names its items.
fn inner(of: &str) -> (&str, &'static str) {
    for (wrapper, items) in [("Option<", ""), ("Vec<", "[]"), ("BTreeMap<", ".<name>")] {
        if let Some(rest) = of.strip_prefix(wrapper) {
            let rest = rest.trim_end_matches('>');
            let rest = rest.rsplit(", ").next().unwrap_or(rest);
            return (rest, items);
        }
    }
    (of, "")
}

fn rows(
    kinds: &BTreeMap<String, Kind>,
    name: &str,
    path: &str,
    value: &Value,
    depth: usize,
    out: &mut String,
) {
    let Some(kind) = kinds.get(name).filter(|_| depth < DEPTH) else {
        return;
    };
    for (field, of, about) in &kind.members {
        assert!(!about.is_empty(), "{path}.{field} says nothing of itself");
        let (of, items) = inner(of);
        let default = value.get(field).unwrap_or(&Value::Null);
        let place = format!("{path}.{field}");
        match kinds.get(of.rsplit("::").next().unwrap_or(of)) {
            Some(inside) if !inside.is_enum => {
                let of = of.rsplit("::").next().unwrap_or(of);
                if items.is_empty() {
                    rows(kinds, of, &place, default, depth + 1, out);
                } else {
                    let count = default.as_array().map_or(0, Vec::len);
                    let shown = if count == 0 {
                        "none".to_owned()
                    } else {
                        format!("{count}")
                    };
                    writeln!(out, "| `{place}{items}` | {shown} | {about} |").unwrap();
                    rows(
                        kinds,
                        of,
                        &format!("{place}{items}"),
                        &Value::Null,
                        depth + 1,
                        out,
                    );
                }
            }
            known => {
                let words: Vec<String> = known.map_or(Vec::new(), |kind| {
                    let names = kind.members.iter();
                    names
                        .map(|(name, ..)| format!("`{}`", snake(name)))
                        .collect()
                });
                let one_of = match words.is_empty() {
                    true => String::new(),
                    false => format!(" One of {}.", words.join(", ")),
                };
                let shown = match default {
                    Value::Null => "–".to_owned(),
                    Value::Array(list) if list.is_empty() => "none".to_owned(),
                    other => format!("`{other}`").replace('|', "\\|"),
                };
                let about = about.replace('|', "\\|");
                writeln!(out, "| `{place}` | {shown} | {about}{one_of} |").unwrap();
            }
        }
    }
}

fn table() -> String {
    let kinds = kinds();
    let default = serde_json::to_value(Settings::default()).unwrap();
    let mut out = String::new();
    for (section, of, about) in &kinds["Settings"].members {
        writeln!(
            out,
            "\n### `[{section}]`\n\n{about}\n\n| Setting | Default | What it is |\n|---|---|---|"
        )
        .unwrap();
        rows(&kinds, of, section, &default[section], 0, &mut out);
    }
    out
}

/// `UPDATE_GUIDE=1` writes the table anew.
#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "how a person asks for the table to be written"
)]
fn the_guide_has_every_setting_and_its_default() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(GUIDE);
    let text = fs::read_to_string(&path).unwrap();
    let (head, rest) = text.split_once(BEGIN).unwrap();
    let (found, tail) = rest.split_once(END).unwrap();
    let wanted = format!("\n{}\n", table());
    if std::env::var("UPDATE_GUIDE").is_ok() {
        fs::write(&path, format!("{head}{BEGIN}{wanted}{END}{tail}")).unwrap();
        return;
    }
    assert!(
        found == wanted,
        "{GUIDE} is old: run the tests with UPDATE_GUIDE=1, and read what changed"
    );
}

#[test]
fn the_defaults_written_down_are_the_defaults() {
    let text = Settings::default().export_with_secrets().unwrap();
    assert_eq!(Settings::read(&text).unwrap(), Settings::default());
}

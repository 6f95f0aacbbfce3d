//! `bailiwick policy`: packs read, checked and shown as tables.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Context as _;
use bailiwick_api::Module;
use bailiwick_kernel::policy::{self, BUILTIN, Pack};
use clap::Subcommand;

/// No pack that people wrote is larger.
const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// What can be done with a pack.
#[derive(Subcommand)]
pub enum Command {
    /// Say what is wrong with a pack, each with its line, or that nothing is
    #[command(after_help = "Examples:
  bailiwick policy check policies/mine.toml    before it is mounted with POLICY_PACK
  bailiwick policy check booking               one that comes with the binary")]
    Check {
        /// A file, or default, firmflow, tracehub, booking or tickets
        pack: String,
    },
    /// Print who may do what as tables
    #[command(after_help = "Examples:
  bailiwick policy matrix default
  bailiwick policy matrix policies/mine.toml > before.txt

A cell of the first table says how far a role holds a permission: all, project (the projects that
one is on), own (what one has made), with a data window in days (-30+14), or · for not at all.
A cell of the second says what a role may do on a page without a grant, by first letters: view,
create, edit, delete, approve; · takes a grant.")]
    Matrix {
        /// A file, or default, firmflow, tracehub, booking or tickets
        pack: String,
    },
}

/// Runs a command; answers what it prints.
///
/// # Errors
/// No such pack; everything that is wrong with it.
pub fn run(command: &Command, modules: &[Module]) -> anyhow::Result<String> {
    match command {
        Command::Check { pack } => {
            let found = load(pack, modules)?;
            let roles = found.roles().count();
            let live = found.permissions().filter(|p| found.is_live(*p)).count();
            let (pages, templates) = (found.pages().count(), found.templates().len());
            Ok(format!(
                "{pack} is a good pack: {roles} roles, {live} permissions, {pages} pages, \
                 {templates} templates"
            ))
        }
        Command::Matrix { pack } => Ok(tables(&load(pack, modules)?)),
    }
}

/// The pack of that name that comes with the binary, or the one in that file.
///
/// # Errors
/// There is neither; everything that is wrong with it, each with file and line, also where it does
/// not go with `modules`.
pub fn load(name: &str, modules: &[Module]) -> anyhow::Result<Pack> {
    let modules = bailiwick_api::policies(modules);
    if let Some(pack) = policy::builtin_with(name, &modules) {
        return Ok(pack?);
    }
    let known: Vec<&str> = BUILTIN.iter().map(|(known, _)| *known).collect();
    let path = Path::new(name);
    let size = path.metadata().with_context(|| {
        format!(
            "{name} is no file, and no pack of ours: {}",
            known.join(", ")
        )
    })?;
    anyhow::ensure!(
        size.is_file() && size.len() <= FILE_BYTES_MAX,
        "{name} is no file of at most {FILE_BYTES_MAX} bytes"
    );
    let text = std::fs::read_to_string(path).with_context(|| format!("reading {name}"))?;
    Ok(Pack::parse_with(name, &text, &modules)?)
}

fn tables(pack: &Pack) -> String {
    let mut text = String::new();
    let mut add = |title: &str, table: String| {
        let gap = if text.is_empty() { "" } else { "\n" };
        // Writing to a text cannot fail.
        let _ = write!(text, "{gap}{title}\n\n{table}");
    };
    add(
        &format!(
            "{}: permissions, and how far each role holds them",
            pack.name()
        ),
        pack.matrix(),
    );
    if pack.pages().next().is_some() {
        add(
            "Pages, and what each role may do there without a grant",
            pack.page_matrix(),
        );
    }
    add("Who gives which role", pack.assignment_matrix());
    if !pack.templates().is_empty() {
        add("Templates of grants", pack.template_table());
    }
    text.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pack_is_found_by_name_or_file() {
        for (name, _) in BUILTIN {
            assert_eq!(load(name, &[]).unwrap().name(), *name);
            let pack = (*name).to_owned();
            let printed = run(&Command::Matrix { pack }, &[]).unwrap();
            assert!(printed.contains("organization:read"), "{printed}");
        }
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../policies/booking.toml");
        let pack = file.to_owned();
        let said = run(&Command::Check { pack }, &[]).unwrap();
        assert!(
            said.contains("4 roles") && said.contains("30 pages"),
            "{said}"
        );
    }

    #[test]
    fn what_is_no_pack_says_so() {
        let error = load("bookin", &[]).unwrap_err().to_string();
        assert!(error.contains("tracehub, booking, tickets"), "{error}");
        assert!(load(env!("CARGO_MANIFEST_DIR"), &[]).is_err());
        // One table, so that there is one line to name, in whatever order tables are read.
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../rust-toolchain.toml");
        let error = load(file, &[]).unwrap_err().to_string();
        assert!(error.contains("rust-toolchain.toml:1: "), "{error}");
    }
}

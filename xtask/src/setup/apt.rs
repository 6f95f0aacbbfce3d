//! Packages of Debian and Ubuntu.

use crate::{environment, process, report};
use anyhow::Result;
use std::process::{Command, Stdio};
use std::time::Duration;

/// A package with what it needs, over a slow line.
const LIMIT: Duration = Duration::from_secs(600);

/// Installs a package, as root or where sudo asks no password. `what` is the part of the set-up that
/// it is for.
pub fn install(what: &str, package: &str) -> Result<()> {
    if environment::find_on_path("apt-get").is_none() {
        anyhow::bail!("this system has no apt-get");
    }
    let is_root = environment::is_root();
    if !is_root && process::output(Command::new("sudo").args(["-n", "true"])).is_err() {
        anyhow::bail!("installing packages needs root, or sudo without a password");
    }
    let apt = |arguments: &[&str]| {
        let mut command = Command::new(if is_root { "apt-get" } else { "sudo" });
        if !is_root {
            command.args(["-n", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
        }
        command
            .env("DEBIAN_FRONTEND", "noninteractive")
            .stdin(Stdio::null());
        command.args(["-q", "-y"]).args(arguments);
        process::run_within(&mut command, LIMIT)
    };
    report::step(&format!("{what}: apt-get install {package}"), || {
        apt(&["update"])?;
        apt(&["install", "--no-install-recommends", package])
    })
}

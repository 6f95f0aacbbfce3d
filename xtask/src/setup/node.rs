//! Node and npm: there, and new enough.

use crate::process;
use crate::report::Failure;
use anyhow::Result;
use std::process::Command;

/// The oldest major version that the web tools run on.
const OLDEST_MAJOR: u32 = 20;

const WAY_OUT: &str = "install Node 20 or newer with npm (nodejs.org, your system's packages, or nvm), \
                       and run the same command again";

/// An error with a way out where Node or npm is missing or too old.
pub fn check() -> Result<()> {
    let version = process::output(Command::new("node").arg("--version"))
        .map_err(|_| Failure::new("Node is missing", WAY_OUT))?;
    if major(&version).is_none_or(|major| major < OLDEST_MAJOR) {
        let found = version.trim();
        return Err(Failure::new(
            format!("Node {found} is too old, or not Node at all"),
            WAY_OUT,
        )
        .into());
    }
    process::output(Command::new("npm").arg("--version"))
        .map_err(|_| Failure::new("npm is missing, though Node is there", WAY_OUT))?;
    Ok(())
}

fn major(version: &str) -> Option<u32> {
    version
        .trim()
        .strip_prefix('v')?
        .split('.')
        .next()?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::major;

    #[test]
    fn the_major_version_is_read_from_what_node_prints() {
        assert_eq!(major("v20.20.2\n"), Some(20));
        assert_eq!(major("v9.1.0"), Some(9));
        assert_eq!(major("something else"), None);
    }
}

//! The SDKs, and how they are known.

use std::path::{Path, PathBuf};

use tokio::process::Command;

use crate::conformance::How;

/// A language that Clerk publishes SDKs for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sdk {
    JavaScript,
    Python,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

impl Sdk {
    /// As coverage names it.
    pub fn how(self) -> How {
        match self {
            Self::JavaScript => How::JavaScript,
            Self::Python => How::Python,
        }
    }

    /// Where its scripts are.
    pub fn folder(self) -> PathBuf {
        root().join(match self {
            Self::JavaScript => "sdk-tests/js",
            Self::Python => "sdk-tests/python",
        })
    }

    /// What runs its scripts. Fails where the packages are not installed: who does not want that
    /// leaves these tests out by name.
    pub fn command(self) -> Command {
        let python = root().join(".tools/sdk-python/bin/python");
        let (program, arguments, needed) = match self {
            Self::JavaScript => (
                "node".into(),
                &["--import", "./loopback.mjs", "run.mjs"][..],
                self.folder().join("node_modules/@clerk/backend"),
            ),
            Self::Python => (python.clone(), &["-B", "run.py"][..], python),
        };
        assert!(
            needed.exists(),
            "the {self:?} SDKs are not installed: run `cargo xtask setup --only sdks` \
             (`cargo xtask test` does it itself), or leave them out by `-- --skip sdk::`"
        );
        let mut command = Command::new::<PathBuf>(program);
        command.args(arguments).current_dir(self.folder());
        command
    }

    /// Whether a request with this `User-Agent` comes from one of them, in the pinned version.
    pub fn sends(self, agent: &str) -> bool {
        match self {
            Self::JavaScript => ["@clerk/backend", "@clerk/express"]
                .iter()
                .any(|name| agent == format!("{name}@{}", self.version(name))),
            Self::Python => {
                let name = "clerk-backend-api";
                let start = format!("speakeasy-sdk/python {} ", self.version(name));
                agent.starts_with(&start) && agent.ends_with(&format!(" {name}"))
            }
        }
    }

    /// The version of a package that the scripts are pinned to.
    fn version(self, package: &str) -> String {
        let file = self.folder().join(match self {
            Self::JavaScript => "package.json",
            Self::Python => "requirements.in",
        });
        let text = std::fs::read_to_string(file).unwrap();
        let (_, rest) = match self {
            Self::JavaScript => text.split_once(&format!("\"{package}\": \"")),
            Self::Python => text.split_once(&format!("{package}==")),
        }
        .unwrap();
        rest.split(['"', '\n']).next().unwrap().to_owned()
    }
}

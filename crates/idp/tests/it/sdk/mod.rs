//! Published SDKs as clients, unmodified: their scripts are in `sdk-tests`, each a child process.
//!
//! `cargo xtask test` installs the SDKs. Where they are not installed, and nobody demands them,
//! these tests say so and do nothing.

mod stage;

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;

use stage::Stage;

/// Set by `cargo xtask test`: the SDKs must be there.
const DEMANDED: &str = "BAILIWICK_SDK_TESTS";

/// Nothing hangs: a script that takes longer is wrong.
const LIMIT: Duration = Duration::from_secs(300);

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Whether `file`, which the installed SDKs need, is there.
fn is_installed(file: &Path) -> bool {
    let is_there = file.exists();
    assert!(
        is_there || std::env::var_os(DEMANDED).is_none(),
        "{} is not there",
        file.display()
    );
    if !is_there {
        eprintln!("skipped: {} is not there", file.display());
    }
    is_there
}

async fn run(mut command: Command, folder: &Path) {
    let stage = Stage::start().await;
    let child = command
        .current_dir(folder)
        .envs(stage.variables())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = timeout(LIMIT, child).await.unwrap().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(
        output.status.success(),
        "{}\n{}\n{}",
        output.status,
        text(&output.stdout),
        text(&output.stderr)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn javascript() {
    let folder = root().join("sdk-tests/js");
    if !is_installed(&folder.join("node_modules/@clerk/backend")) {
        return;
    }
    let mut command = Command::new("node");
    command.args(["--import", "./loopback.mjs", "run.mjs"]);
    run(command, &folder).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn python() {
    let program = root().join(".tools/sdk-python/bin/python");
    if !is_installed(&program) {
        return;
    }
    let mut command = Command::new(program);
    command.args(["-B", "run.py"]);
    run(command, &root().join("sdk-tests/python")).await;
}

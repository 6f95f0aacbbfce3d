//! Published SDKs as clients, unmodified: their scripts are in `sdk-tests`, each a child process.
//!
//! A call counts as an SDK's where the request introduces itself as the pinned version of that
//! SDK; what the scripts ask by themselves counts as direct.

mod client;
mod door;
mod seen;
mod stage;

use std::process::Stdio;
use std::time::Duration;

use tokio::time::timeout;

use client::Sdk;
use stage::Stage;

/// Nothing hangs: a script that takes longer is wrong.
const LIMIT: Duration = Duration::from_secs(600);

async fn run(sdk: Sdk) {
    let mut command = sdk.command();
    let stage = Stage::start(sdk).await;
    let child = command
        .envs(stage.variables.clone())
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
    stage.seen.assert_everything_was_called();
}

#[tokio::test(flavor = "multi_thread")]
async fn javascript() {
    run(Sdk::JavaScript).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn python() {
    run(Sdk::Python).await;
}

#[test]
fn only_the_pinned_sdks_count_as_sdks() {
    let js = ["@clerk/backend@", "@clerk/express@"].map(|name| {
        let folder = Sdk::JavaScript.folder();
        let lock = std::fs::read_to_string(folder.join("package-lock.json")).unwrap();
        let lock: serde_json::Value = serde_json::from_str(&lock).unwrap();
        let package = format!("node_modules/{}", name.trim_end_matches('@'));
        let version = lock["packages"][&package]["version"].as_str().unwrap();
        format!("{name}{version}")
    });
    assert!(js.iter().all(|agent| Sdk::JavaScript.sends(agent)));
    for agent in ["", "node", "@clerk/backend@0.0.1", "Test Firefox/130.0"] {
        assert!(!Sdk::JavaScript.sends(agent) && !Sdk::Python.sends(agent));
    }
    assert!(!Sdk::Python.sends("speakeasy-sdk/python 0.0.1 2 2026-05-12 clerk-backend-api"));
    assert!(!Sdk::Python.sends(&js[0]));
}

/// The scripts ask some things by themselves, and must not pass for the SDK then.
#[test]
fn no_script_introduces_itself_as_an_sdk() {
    for sdk in [Sdk::JavaScript, Sdk::Python] {
        for folder in [sdk.folder(), sdk.folder().join("scenarios")] {
            for entry in std::fs::read_dir(folder).unwrap() {
                let file = entry.unwrap().path();
                let is_script = file
                    .extension()
                    .is_some_and(|extension| extension == "mjs" || extension == "py");
                if is_script {
                    let text = std::fs::read_to_string(&file).unwrap();
                    let claims = ["speakeasy-sdk", "@clerk/backend@", "@clerk/express@"];
                    assert!(
                        !claims.iter().any(|claim| text.contains(claim)),
                        "{}",
                        file.display()
                    );
                }
            }
        }
    }
}

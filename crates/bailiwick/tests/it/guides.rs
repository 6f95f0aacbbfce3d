//! The guides do what they say.

use std::path::Path;

use bailiwick_kernel::Tier;
use bailiwick_kernel::policy;
use bailiwick_testkit::TestApp;

/// The blocks of a language in a guide, in their order.
fn blocks(guide: &str, language: &str) -> Vec<String> {
    let file = format!("../../docs/guides/{guide}");
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
    let fence = format!("\n```{language}\n");
    let blocks = text.split(&fence).skip(1);
    blocks
        .map(|rest| rest.split("\n```").next().unwrap().to_owned())
        .collect()
}

/// The whole guide as one program, against a server with the policy that it speaks of.
#[tokio::test]
async fn from_another_language() {
    let program = blocks("from-another-language.md", "python");
    assert!(program.len() >= 9, "{program:#?}");
    for tier in Tier::ALL {
        let pack = policy::builtin("booking").unwrap().unwrap();
        let t = TestApp::options().pack(pack).start().await;
        t.follow_changes();
        let branch = t.tenant("branch", *tier).await;
        let mut python = tokio::process::Command::new("python3");
        python.arg("-c").arg(program.join("\n\n"));
        python.env("BAILIWICK_URL", t.base());
        for role in ["customer", "barber", "staff", "branch_admin"] {
            let token = branch.persona(role).token();
            python.env(format!("TOKEN_{}", role.to_uppercase()), token);
        }
        python.env("TOKEN_SUPER_ADMIN", t.staff("super_admin").await.token());
        let ended = python.kill_on_drop(true).output().await.unwrap();
        let said = String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.success(), "{}: {said}", ended.status);
    }
}

//! A sender in a process of its own, to be killed without a word, at a time of one's choice.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use bailiwick_idp::webhooks::{Limits, Sender, Wake};
use bailiwick_pg::{Pool, PoolConfig};
use jiff::Timestamp;

use crate::support::time::Time;

/// Where the child finds its database.
const URL: &str = "BAILIWICK_TEST_SENDER";
/// What time it is for the child.
const NOW: &str = "BAILIWICK_TEST_SENDER_NOW";
/// The authorities that the child trusts, as everything does that uses the system's.
const AUTHORITIES: &str = "SSL_CERT_FILE";

/// Not a test: the child's work, until it is killed.
#[tokio::test]
#[ignore = "run by the tests beside it, as a process"]
#[expect(clippy::disallowed_methods, reason = "how the parent tells the child")]
async fn sender_process() {
    let pool = Pool::connect(PoolConfig::new(std::env::var(URL).unwrap()))
        .await
        .unwrap();
    let time = Time::stopped_at(std::env::var(NOW).unwrap().parse().unwrap());
    let sender = Sender::new(pool, time.env, Wake::default(), Limits::default).unwrap();
    sender.run(std::future::pending()).await;
}

/// The process. Killed at the latest when it is dropped.
pub struct SenderProcess(Child);

impl SenderProcess {
    pub fn start(database_url: &str, now: Timestamp) -> Self {
        Self::spawn(database_url, now, None)
    }

    /// One that trusts these authorities and no others.
    pub fn trusting(database_url: &str, now: Timestamp, authorities: &Path) -> Self {
        Self::spawn(database_url, now, Some(authorities))
    }

    fn spawn(database_url: &str, now: Timestamp, authorities: Option<&Path>) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args(["--exact", "webhooks::process::sender_process", "--ignored"])
            .env(URL, database_url)
            .env(NOW, now.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        if let Some(file) = authorities {
            command.env(AUTHORITIES, file);
        }
        Self(command.spawn().unwrap())
    }

    /// SIGKILL, and waits until it is gone.
    pub fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for SenderProcess {
    fn drop(&mut self) {
        // It may be gone already.
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

//! What a provider sees while the scripts of an SDK run.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{LazyLock, Mutex};

use super::client::Sdk;
use crate::conformance::layer::Watcher;
use crate::conformance::operation::{self, Operation};
use crate::conformance::{Answer, Api, How, coverage, events};
use crate::support::receiver::Received;

static BACKEND: LazyLock<Vec<Operation>> = LazyLock::new(|| operation::kept("bapi"));

/// Everything that was seen.
pub struct Seen {
    sdk: Sdk,
    /// What was answered not as documented.
    findings: Mutex<Vec<String>>,
    /// Operations of the Backend API that the SDK itself called, with success.
    called: Mutex<BTreeSet<String>>,
    /// Operations of the Backend API that the SDK has methods for.
    offered: Mutex<BTreeSet<String>>,
}

impl Seen {
    pub fn by(sdk: Sdk) -> Self {
        Self {
            sdk,
            findings: Mutex::default(),
            called: Mutex::default(),
            offered: Mutex::default(),
        }
    }

    /// The findings since the last question.
    pub fn take_findings(&self) -> Vec<String> {
        std::mem::take(&mut self.findings.lock().unwrap())
    }

    /// The installed SDK has methods for these operations.
    pub fn offers(&self, operations: Vec<String>) {
        for operation in operations {
            let is_known = BACKEND.iter().any(|known| known.id == operation);
            assert!(is_known, "{operation} is no operation of the Backend API");
            coverage::record("bapi", &operation, "offered", self.sdk.how());
            self.offered.lock().unwrap().insert(operation);
        }
    }

    /// The libraries of the SDK's language verified this webhook.
    pub fn verified(&self, webhook: &Received) {
        events::accepted(&webhook.json(), self.sdk.how());
    }

    /// Fails where the SDK has a method for an operation that is said to be there, and did not get
    /// a valid success of it.
    pub fn assert_everything_was_called(&self) {
        let offered = self.offered.lock().unwrap();
        assert!(
            !offered.is_empty(),
            "the script did not say what is offered"
        );
        let called = self.called.lock().unwrap();
        let refused = not_offered("bapi");
        let missing: Vec<&String> = offered
            .iter()
            .filter(|operation| !called.contains(*operation) && !refused.contains(*operation))
            .collect();
        assert!(
            missing.is_empty(),
            "the {:?} SDK has methods for these, and {} does not call them: {missing:?}",
            self.sdk,
            self.sdk.folder().display()
        );
    }
}

impl Watcher for Seen {
    fn who(&self, agent: &str) -> How {
        if self.sdk.sends(agent) {
            self.sdk.how()
        } else {
            How::Direct
        }
    }

    fn answered(&self, answer: &Answer<'_>, violations: &[String]) {
        if !violations.is_empty() {
            let (text, status) = (violations.join("\n"), answer.status);
            let line = format!("{} {} {status}:\n{text}", answer.method, answer.path);
            self.findings.lock().unwrap().push(line);
            return;
        }
        let is_own = answer.api == Api::Backend && answer.how == self.sdk.how();
        if is_own
            && answer.status.is_success()
            && let Some(operation) = operation::find(&BACKEND, answer.method, answer.path)
        {
            self.called.lock().unwrap().insert(operation.id.clone());
        }
    }
}

/// Operations of `interface` that are not offered, for the reasons that the project gives.
pub fn not_offered(interface: &str) -> BTreeSet<String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("compatibility/reasons.toml");
    let reasons: toml::Value = toml::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let groups = reasons.get("no").and_then(toml::Value::as_array);
    let lists = groups.into_iter().flatten();
    let ids = lists.filter_map(|group| group.get(interface)?.as_array());
    ids.flatten()
        .map(|id| id.as_str().unwrap().to_owned())
        .collect()
}

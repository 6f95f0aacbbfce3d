//! A look at everything at once, past all rules, as the database's superuser.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::{Duration, Instant};

use bailiwick_pg::{Pool, PoolConfig, Row, Statement, sql};
use url::Url;

use crate::machine::Environment;
use crate::mirror;

sql! {
    /// Users of the provider.
    USERS() = "select id, coalesce(first_name, '') from idp.users";
    /// Organizations of the provider.
    ORGS() = "select id, name from idp.organizations";
    /// Memberships of the provider.
    MEMBERSHIPS() = "select organization_id, user_id from idp.memberships";
    /// Tenants and where their making stands.
    TENANTS() = "select clerk_org_id, provisioning_status from control.organizations";
    /// Projects.
    PROJECTS() = "select id::text, name from tenant_shared.projects";
    /// Documents.
    DOCUMENTS() = "
        select id::text, status, coalesce(encode(sha256, 'hex'), '') from tenant_shared.documents";
}

/// What the mirror and the queues need to settle.
const SETTLED_MAX: Duration = Duration::from_secs(25);

/// What is there.
pub struct Snapshot {
    pub users: BTreeMap<String, String>,
    pub orgs: BTreeMap<String, String>,
    pub memberships: BTreeSet<(String, String)>,
    pub tenants: BTreeMap<String, String>,
    pub projects: BTreeMap<String, String>,
    pub documents: BTreeMap<String, (String, String)>,
}

/// A connection to a running machine's database.
pub struct Database(Pool);

impl Database {
    /// Connects through the socket in the data directory.
    pub async fn of(data_dir: &Path, environment: &Environment) -> Self {
        let port = Url::parse(&environment["DATABASE_URL"]).unwrap().port();
        let socket = data_dir.join("postgres/run");
        let url = format!(
            "host={} port={} user=postgres dbname=bailiwick",
            socket.display(),
            port.unwrap()
        );
        Self::at(url).await
    }

    /// Connects by a connection string.
    pub async fn at(url: String) -> Self {
        let config = PoolConfig::new(url).max_size(1);
        Self(Pool::connect(config).await.unwrap())
    }

    /// Does something that the product never does.
    pub async fn harm(&self, sql: &str) {
        self.0.batch(sql).await.unwrap();
    }

    /// Every complaint that there is at this instant.
    pub async fn everything(&self) -> Vec<String> {
        let mut complaints = self.halves().await;
        complaints.extend(self.complaints(mirror::IN_THE_END).await);
        complaints
    }

    async fn rows(&self, statement: &'static Statement) -> Vec<Row> {
        self.0.query(statement, &[]).await.unwrap()
    }

    async fn pairs(&self, statement: &'static Statement) -> Vec<(String, String)> {
        let rows = self.rows(statement).await;
        rows.iter().map(|row| (row.get(0), row.get(1))).collect()
    }

    /// Everything that a ledger may name.
    pub async fn snapshot(&self) -> Snapshot {
        let documents = self.rows(&DOCUMENTS).await;
        let document = |row: &Row| (row.get(0), (row.get(1), row.get(2)));
        Snapshot {
            users: self.pairs(&USERS).await.into_iter().collect(),
            orgs: self.pairs(&ORGS).await.into_iter().collect(),
            memberships: self.pairs(&MEMBERSHIPS).await.into_iter().collect(),
            tenants: self.pairs(&TENANTS).await.into_iter().collect(),
            projects: self.pairs(&PROJECTS).await.into_iter().collect(),
            documents: documents.iter().map(document).collect(),
        }
    }

    async fn complaints(&self, statements: &[&'static Statement]) -> Vec<String> {
        let mut complaints = Vec::new();
        for statement in statements {
            let rows = self.rows(statement).await;
            let name = statement.name;
            let lines = rows.iter().map(|row| row.get::<_, String>(0));
            complaints.extend(lines.map(|line| format!("{name}: {line}")));
        }
        complaints
    }

    /// What is half done. There is never any.
    pub async fn halves(&self) -> Vec<String> {
        self.complaints(mirror::NEVER).await
    }

    /// Waits until mirror and provider agree and every queue has run dry; answers what is left when
    /// patience is at its end, and how long it took.
    pub async fn settled(&self) -> (Vec<String>, Duration) {
        let started = Instant::now();
        loop {
            let left = self.complaints(mirror::IN_THE_END).await;
            if left.is_empty() || started.elapsed() > SETTLED_MAX {
                return (left, started.elapsed());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

//! Two tenants that have something in each of their tables.

use bailiwick_kernel::Tier;
use bailiwick_pg::{Error, Row, Schema};
use bailiwick_store::tenant::Placement;
use bailiwick_testkit::{TestApp, World};
use serde_json::json;

use super::{flight, placement, statement};

/// One of the two.
pub struct Side {
    pub world: World,
    pub home: Placement,
    pub project: String,
    pub document: String,
    pub approval: String,
}

impl Side {
    async fn make(t: &TestApp, slug: &str, tier: Tier) -> Self {
        let world = t.tenant(slug, tier).await;
        let owner = world.owner();
        let project = owner.create_project(&format!("of {slug}")).await;
        let lead = json!({"memberId": world.manager().user().to_string(), "projectRole": "lead"});
        let added = owner.post(format!("/projects/{project}/members"), lead);
        let _ = added.await.assert_status(204);
        let file = json!({"fileName": "a.txt", "contentType": "text/plain", "size": 5});
        let upload = owner.post(format!("/projects/{project}/documents/upload-init"), file);
        let upload = upload.await.assert_status(201);
        assert_eq!(t.put_object(&upload.json(), b"bytes").await, 200);
        let document = upload.text_of("documentId");
        let confirm = owner.post_empty(format!("/documents/{document}/confirm"));
        let _ = confirm.await.assert_status(200);
        let asked = json!({"kind": slug, "amount": 990, "currency": "EUR", "note": "soon"});
        let approval = world.member().post("/approvals", asked).await;
        let home = placement(t, &world).await;
        // As a move would have noted it.
        let noted = format!(
            "insert into {}.move_log (tenant_id, table_name, key) values ('{}', 'projects', '{{{project}}}')",
            home.schema, world.id
        );
        t.tamper(&noted).await;
        Self {
            home,
            document,
            approval: approval.assert_status(201).id(),
            project,
            world,
        }
    }

    /// What only its own people may read.
    pub fn secrets(&self) -> [&str; 4] {
        let slug = self.world.slug.as_str();
        [slug, &self.project, &self.document, &self.approval]
    }
}

/// Both.
pub struct Pair {
    pub t: TestApp,
    sides: [Side; 2],
}

impl Pair {
    /// In these tiers, also in a run of one tier.
    pub async fn of((first, second): (Tier, Tier)) -> Self {
        let t = TestApp::options().tiers_as_written().start().await;
        let sides = [
            Side::make(&t, "acme", first).await,
            Side::make(&t, "globex", second).await,
        ];
        let is_shared = sides[0].home.schema == sides[1].home.schema;
        assert_eq!(is_shared, (first, second) == (Tier::Starter, Tier::Starter));
        Self { t, sides }
    }

    /// Each of them, with the other.
    pub fn both_ways(&self) -> [(&Side, &Side); 2] {
        let [a, b] = &self.sides;
        [(a, b), (b, a)]
    }

    /// The tables of tenants, by the catalog. In each of them either side has a row.
    pub async fn tables(&self) -> Vec<String> {
        let query = "select c.relname as name from pg_class c
            join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
            where c.relnamespace = 'tenant_shared'::regnamespace and c.relkind in ('r', 'p') order by 1";
        let rows = self.t.rows(query).await;
        let tables: Vec<String> = rows
            .iter()
            .map(|row| row["name"].as_str().unwrap().to_owned())
            .collect();
        assert!(tables.len() >= 6, "{tables:?}");
        for Side { home, .. } in &self.sides {
            for table in &tables {
                let rows = self.rows_of(home, table).await;
                assert!(rows > 0, "{table}: give it a row in Side::make");
            }
        }
        tables
    }

    /// How many rows a tenant has in a table, past all policies.
    pub async fn rows_of(&self, home: &Placement, table: &str) -> usize {
        let (schema, tenant) = (&home.schema, home.tenant);
        let query = format!("select 1 from {schema}.{table} where tenant_id = '{tenant}'");
        self.t.count(&query).await
    }

    /// One after another, SQL of the test's own in one transaction inside the tenant of `home`, as
    /// the door opens it. Answers the rows of the last, and how many it touched.
    pub async fn inside(
        &self,
        home: &Placement,
        schema: &Schema,
        sql: &[&str],
    ) -> Result<(Vec<Row>, u64), Error> {
        let pool = self.t.app.store().pool();
        let mut tx = pool.enter(&flight(home, schema)).await?;
        let (last, before) = sql.split_last().unwrap();
        for one in before {
            tx.execute(statement(one), &[]).await?;
        }
        let is_query = last.starts_with("select") || last.starts_with("show");
        if is_query {
            let rows = tx.query(statement(last), &[]).await?;
            let count = rows.len();
            return Ok((rows, u64::try_from(count).unwrap()));
        }
        let touched = tx.execute(statement(last), &[]).await?;
        Ok((Vec::new(), touched))
    }
}

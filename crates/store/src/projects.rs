//! Projects of a tenant.

use bailiwick_kernel::id::{ProjectId, UserId};
use bailiwick_pg::{Row, Statement, ToSql, sql};
use jiff::Timestamp;
use uuid::Uuid;

use crate::Result;
use crate::tenant::{Read, TenantTx};

sql! {
    /// One project with the caller's project role and the number of its documents.
    GET(UUID, UUID, UUID) = "
        select p.id, p.name, p.description, p.created_by, p.created_at, p.updated_at,
               (select x.project_role from {t}.project_members x
                 where x.tenant_id = $1 and x.project_id = p.id and x.member_id = $3),
               (select count(*) from {t}.documents d
                 where d.tenant_id = $1 and d.project_id = p.id and d.status = 'UPLOADED')
        from {t}.projects p where p.tenant_id = $1 and p.id = $2";
    /// A page of all projects, newest first.
    LIST(UUID, UUID, TIMESTAMPTZ, UUID, INT8) = "
        select p.id, p.name, p.description, p.created_by, p.created_at, p.updated_at,
               (select x.project_role from {t}.project_members x
                 where x.tenant_id = $1 and x.project_id = p.id and x.member_id = $2),
               (select count(*) from {t}.documents d
                 where d.tenant_id = $1 and d.project_id = p.id and d.status = 'UPLOADED')
        from {t}.projects p
        where p.tenant_id = $1 and ($3::timestamptz is null or (p.created_at, p.id) < ($3, $4))
        order by p.created_at desc, p.id desc limit $5";
    /// A page of the projects that the caller is on, newest first.
    LIST_MINE(UUID, UUID, TIMESTAMPTZ, UUID, INT8) = "
        select p.id, p.name, p.description, p.created_by, p.created_at, p.updated_at, m.project_role,
               (select count(*) from {t}.documents d
                 where d.tenant_id = $1 and d.project_id = p.id and d.status = 'UPLOADED')
        from {t}.project_members m
        join {t}.projects p on p.tenant_id = $1 and p.id = m.project_id
        where m.tenant_id = $1 and m.member_id = $2
          and ($3::timestamptz is null or (p.created_at, p.id) < ($3, $4))
        order by p.created_at desc, p.id desc limit $5";
    /// The caller's project role and the project's name, locked for a change.
    LOCK(UUID, UUID, UUID) = "
        select p.name, p.description,
               (select x.project_role from {t}.project_members x
                 where x.tenant_id = $1 and x.project_id = p.id and x.member_id = $3)
        from {t}.projects p where p.tenant_id = $1 and p.id = $2 for no key update";
    /// A new project.
    INSERT(UUID, UUID, TEXT, TEXT, UUID, TIMESTAMPTZ) = "
        insert into {t}.projects (tenant_id, id, name, description, created_by, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $6)";
    /// A new name and description.
    UPDATE(UUID, UUID, TEXT, TEXT, TIMESTAMPTZ) = "
        update {t}.projects set name = $3, description = $4, updated_at = $5 where tenant_id = $1 and id = $2";
    /// Its documents go first; the keys of their objects are answered.
    DELETE_DOCUMENTS(UUID, UUID) = "
        delete from {t}.documents where tenant_id = $1 and project_id = $2 returning id, s3_key";
    /// The project and who was on it.
    DELETE(UUID, UUID) = "delete from {t}.projects where tenant_id = $1 and id = $2";
}

/// A project as one of the tenant's members sees it.
#[derive(Debug, Clone)]
pub struct Project {
    /// Its id.
    pub id: ProjectId,
    /// Its name, 1 to 200 characters.
    pub name: String,
    /// What it is about.
    pub description: Option<String>,
    /// Who made it.
    pub created_by: UserId,
    /// When.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// The caller's project role: `lead` or `contributor`.
    pub my_role: Option<String>,
    /// How many documents are there.
    pub document_count: i64,
}

/// Reads one project as somebody sees it.
pub struct Get {
    id: Uuid,
    me: Uuid,
}

impl Get {
    /// The project `id` as `me` sees it.
    #[must_use]
    pub fn new(id: ProjectId, me: UserId) -> Self {
        Self {
            id: id.uuid(),
            me: me.uuid(),
        }
    }
}

impl Read for Get {
    type Output = Option<Project>;

    fn statement(&self) -> &'static Statement {
        &GET
    }

    fn params(&self) -> Vec<&(dyn ToSql + Sync)> {
        vec![&self.id, &self.me]
    }

    fn decode(&self, mut rows: Vec<Row>) -> Result<Option<Project>> {
        rows.pop().map(decode).transpose()
    }
}

/// Reads a page of projects, newest first.
pub struct List {
    me: Uuid,
    mine: bool,
    after_at: Option<Timestamp>,
    after_id: Option<Uuid>,
    limit: i64,
}

impl List {
    /// The projects that `me` is on (`mine`), or all; after `(created_at, id)`; at most `limit`.
    #[must_use]
    pub fn new(me: UserId, mine: bool, after: Option<(Timestamp, Uuid)>, limit: i64) -> Self {
        Self {
            me: me.uuid(),
            mine,
            after_at: after.map(|(at, _)| at),
            after_id: after.map(|(_, id)| id),
            limit,
        }
    }
}

impl Read for List {
    type Output = Vec<Project>;

    fn statement(&self) -> &'static Statement {
        if self.mine { &LIST_MINE } else { &LIST }
    }

    fn params(&self) -> Vec<&(dyn ToSql + Sync)> {
        vec![&self.me, &self.after_at, &self.after_id, &self.limit]
    }

    fn decode(&self, rows: Vec<Row>) -> Result<Vec<Project>> {
        rows.into_iter().map(decode).collect()
    }
}

fn decode(row: Row) -> Result<Project> {
    Ok(Project {
        id: ProjectId::from(row.try_get::<_, Uuid>(0)?),
        name: row.try_get(1)?,
        description: row.try_get(2)?,
        created_by: UserId::from(row.try_get::<_, Uuid>(3)?),
        created_at: row.try_get(4)?,
        updated_at: row.try_get(5)?,
        my_role: row.try_get(6)?,
        document_count: row.try_get(7)?,
    })
}

/// A project's row under lock.
#[derive(Debug, Clone)]
pub struct Locked {
    /// Its name.
    pub name: String,
    /// What it is about.
    pub description: Option<String>,
    /// The caller's project role.
    pub my_role: Option<String>,
}

impl TenantTx {
    /// Locks a project for a change by `me`.
    ///
    /// # Errors
    /// The database's.
    pub async fn lock_project(&mut self, id: ProjectId, me: UserId) -> Result<Option<Locked>> {
        let tenant = self.tenant().uuid();
        let row = self
            .query_opt(&LOCK, &[&tenant, &id.uuid(), &me.uuid()])
            .await?;
        row.map(|row| {
            Ok(Locked {
                name: row.try_get(0)?,
                description: row.try_get(1)?,
                my_role: row.try_get(2)?,
            })
        })
        .transpose()
    }

    /// Makes a project.
    ///
    /// # Errors
    /// The database's.
    pub async fn insert_project(
        &mut self,
        id: ProjectId,
        name: &str,
        description: Option<&str>,
        by: UserId,
        now: Timestamp,
    ) -> Result<()> {
        let tenant = self.tenant().uuid();
        self.execute(
            &INSERT,
            &[&tenant, &id.uuid(), &name, &description, &by.uuid(), &now],
        )
        .await?;
        Ok(())
    }

    /// Renames and describes anew; `false` where it is not there.
    ///
    /// # Errors
    /// The database's.
    pub async fn update_project(
        &mut self,
        id: ProjectId,
        name: &str,
        description: Option<&str>,
        now: Timestamp,
    ) -> Result<bool> {
        let tenant = self.tenant().uuid();
        let n = self
            .execute(&UPDATE, &[&tenant, &id.uuid(), &name, &description, &now])
            .await?;
        Ok(n == 1)
    }

    /// Removes a project with its documents; answers the keys of their objects.
    ///
    /// # Errors
    /// The database's.
    pub async fn delete_project(&mut self, id: ProjectId) -> Result<Vec<String>> {
        let tenant = self.tenant().uuid();
        let rows = self
            .query(&DELETE_DOCUMENTS, &[&tenant, &id.uuid()])
            .await?;
        self.execute(&DELETE, &[&tenant, &id.uuid()]).await?;
        rows.iter().map(|row| row.try_get(1)).collect()
    }
}

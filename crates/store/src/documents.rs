//! Documents of a tenant: rows here, bytes in the object store.

use bailiwick_kernel::id::{DocumentId, ProjectId, UserId};
use bailiwick_pg::{Row, Statement, ToSql, sql};
use jiff::Timestamp;
use uuid::Uuid;

use crate::Result;
use crate::tenant::{Read, TenantTx};

sql! {
    /// One document with the caller's role on its project.
    GET(UUID, UUID, UUID) = "
        select d.id, d.scope, d.project_id, d.file_name, d.content_type, d.size, d.sha256, d.s3_key,
               d.status, d.visibility, d.uploaded_by, d.uploaded_at, d.created_at,
               (select x.project_role from {t}.project_members x
                 where x.tenant_id = $1 and x.project_id = d.project_id and x.member_id = $3)
        from {t}.documents d where d.tenant_id = $1 and d.id = $2";
    /// The same, locked for a change.
    LOCK(UUID, UUID, UUID) = "
        select d.id, d.scope, d.project_id, d.file_name, d.content_type, d.size, d.sha256, d.s3_key,
               d.status, d.visibility, d.uploaded_by, d.uploaded_at, d.created_at,
               (select x.project_role from {t}.project_members x
                 where x.tenant_id = $1 and x.project_id = d.project_id and x.member_id = $3)
        from {t}.documents d where d.tenant_id = $1 and d.id = $2 for update of d";
    /// A page of a project's documents, newest first.
    LIST(UUID, UUID, UUID, TIMESTAMPTZ, UUID, INT8) = "
        select d.id, d.scope, d.project_id, d.file_name, d.content_type, d.size, d.sha256, d.s3_key,
               d.status, d.visibility, d.uploaded_by, d.uploaded_at, d.created_at,
               (select x.project_role from {t}.project_members x
                 where x.tenant_id = $1 and x.project_id = $2 and x.member_id = $3)
        from {t}.documents d
        where d.tenant_id = $1 and d.project_id = $2
          and ($4::timestamptz is null or (d.created_at, d.id) < ($4, $5))
        order by d.created_at desc, d.id desc limit $6";
    /// A document whose bytes are yet to come.
    INSERT(UUID, UUID, UUID, TEXT, TEXT, INT8, BYTEA, TEXT, UUID, TIMESTAMPTZ) = "
        insert into {t}.documents (tenant_id, id, scope, project_id, file_name, content_type, size, sha256,
                                   s3_key, status, uploaded_by, created_at)
        values ($1, $2, 'PROJECT', $3, $4, $5, $6, $7, $8, 'PENDING', $9, $10)";
    /// The bytes are there and are what was announced.
    CONFIRM(UUID, UUID, TIMESTAMPTZ) = "
        update {t}.documents set status = 'UPLOADED', uploaded_at = $3
        where tenant_id = $1 and id = $2 and status = 'PENDING'";
    /// The bytes never came, or were not what was announced.
    FAIL(UUID, UUID) = "
        update {t}.documents set status = 'FAILED' where tenant_id = $1 and id = $2 and status = 'PENDING'";
    /// The row; its object is the business of a job.
    DELETE(UUID, UUID) = "delete from {t}.documents where tenant_id = $1 and id = $2";
}

/// A document as one of the tenant's members sees it.
#[derive(Debug, Clone)]
pub struct Document {
    /// Its id.
    pub id: DocumentId,
    /// `ORG`, `PROJECT` or `CUSTOMER`.
    pub scope: String,
    /// Its project.
    pub project: Option<ProjectId>,
    /// The name that the file had.
    pub file_name: String,
    /// Media type.
    pub content_type: String,
    /// Bytes.
    pub size: i64,
    /// SHA-256 of the bytes, where announced.
    pub sha256: Option<Vec<u8>>,
    /// Where the bytes are. Never leaves the server but inside a signed URL.
    pub s3_key: String,
    /// `PENDING`, `UPLOADED` or `FAILED`.
    pub status: String,
    /// `INTERNAL` or `SHARED`.
    pub visibility: String,
    /// Who announced it.
    pub uploaded_by: UserId,
    /// When it was confirmed.
    pub uploaded_at: Option<Timestamp>,
    /// When it was announced.
    pub created_at: Timestamp,
    /// The caller's role on its project.
    pub my_role: Option<String>,
}

/// Reads one document as somebody sees it.
pub struct Get {
    id: Uuid,
    me: Uuid,
}

impl Get {
    /// The document `id` as `me` sees it.
    #[must_use]
    pub fn new(id: DocumentId, me: UserId) -> Self {
        Self {
            id: id.uuid(),
            me: me.uuid(),
        }
    }
}

impl Read for Get {
    type Output = Option<Document>;

    fn statement(&self) -> &'static Statement {
        &GET
    }

    fn params(&self) -> Vec<&(dyn ToSql + Sync)> {
        vec![&self.id, &self.me]
    }

    fn decode(&self, mut rows: Vec<Row>) -> Result<Option<Document>> {
        rows.pop().map(decode).transpose()
    }
}

/// Reads a page of a project's documents, newest first.
pub struct List {
    project: Uuid,
    me: Uuid,
    after_at: Option<Timestamp>,
    after_id: Option<Uuid>,
    limit: i64,
}

impl List {
    /// Of `project` as `me` sees it, after `(created_at, id)`, at most `limit`.
    #[must_use]
    pub fn new(
        project: ProjectId,
        me: UserId,
        after: Option<(Timestamp, Uuid)>,
        limit: i64,
    ) -> Self {
        Self {
            project: project.uuid(),
            me: me.uuid(),
            after_at: after.map(|(at, _)| at),
            after_id: after.map(|(_, id)| id),
            limit,
        }
    }
}

impl Read for List {
    type Output = Vec<Document>;

    fn statement(&self) -> &'static Statement {
        &LIST
    }

    fn params(&self) -> Vec<&(dyn ToSql + Sync)> {
        vec![
            &self.project,
            &self.me,
            &self.after_at,
            &self.after_id,
            &self.limit,
        ]
    }

    fn decode(&self, rows: Vec<Row>) -> Result<Vec<Document>> {
        rows.into_iter().map(decode).collect()
    }
}

fn decode(row: Row) -> Result<Document> {
    Ok(Document {
        id: DocumentId::from(row.try_get::<_, Uuid>(0)?),
        scope: row.try_get(1)?,
        project: row.try_get::<_, Option<Uuid>>(2)?.map(ProjectId::from),
        file_name: row.try_get(3)?,
        content_type: row.try_get(4)?,
        size: row.try_get(5)?,
        sha256: row.try_get(6)?,
        s3_key: row.try_get(7)?,
        status: row.try_get(8)?,
        visibility: row.try_get(9)?,
        uploaded_by: UserId::from(row.try_get::<_, Uuid>(10)?),
        uploaded_at: row.try_get(11)?,
        created_at: row.try_get(12)?,
        my_role: row.try_get(13)?,
    })
}

/// A document to be announced.
#[derive(Debug)]
pub struct NewDocument<'a> {
    /// Its id.
    pub id: DocumentId,
    /// Its project.
    pub project: ProjectId,
    /// The name that the file has.
    pub file_name: &'a str,
    /// Media type.
    pub content_type: &'a str,
    /// Bytes.
    pub size: i64,
    /// SHA-256 of the bytes, where the client knows it.
    pub sha256: Option<&'a [u8]>,
    /// Where the bytes will be.
    pub s3_key: &'a str,
    /// Who announces it.
    pub by: UserId,
}

impl TenantTx {
    /// Announces a document.
    ///
    /// # Errors
    /// The database's.
    pub async fn insert_document(&mut self, d: &NewDocument<'_>, now: Timestamp) -> Result<()> {
        let tenant = self.tenant().uuid();
        self.execute(
            &INSERT,
            &[
                &tenant,
                &d.id.uuid(),
                &d.project.uuid(),
                &d.file_name,
                &d.content_type,
                &d.size,
                &d.sha256,
                &d.s3_key,
                &d.by.uuid(),
                &now,
            ],
        )
        .await?;
        Ok(())
    }

    /// Locks a document for a change by `me`.
    ///
    /// # Errors
    /// The database's.
    pub async fn lock_document(&mut self, id: DocumentId, me: UserId) -> Result<Option<Document>> {
        let tenant = self.tenant().uuid();
        let row = self
            .query_opt(&LOCK, &[&tenant, &id.uuid(), &me.uuid()])
            .await?;
        row.map(decode).transpose()
    }

    /// `PENDING` → `UPLOADED`; `false` where it was not pending.
    ///
    /// # Errors
    /// The database's.
    pub async fn confirm_document(&mut self, id: DocumentId, now: Timestamp) -> Result<bool> {
        let tenant = self.tenant().uuid();
        Ok(self.execute(&CONFIRM, &[&tenant, &id.uuid(), &now]).await? == 1)
    }

    /// `PENDING` → `FAILED`; `false` where it was not pending.
    ///
    /// # Errors
    /// The database's.
    pub async fn fail_document(&mut self, id: DocumentId) -> Result<bool> {
        let tenant = self.tenant().uuid();
        Ok(self.execute(&FAIL, &[&tenant, &id.uuid()]).await? == 1)
    }

    /// Removes a document's row; `false` where it is not there.
    ///
    /// # Errors
    /// The database's.
    pub async fn delete_document(&mut self, id: DocumentId) -> Result<bool> {
        let tenant = self.tenant().uuid();
        Ok(self.execute(&DELETE, &[&tenant, &id.uuid()]).await? == 1)
    }
}

//! Applications of others.

use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;

use crate::error::Result;
use crate::store::{Page, after};

/// A row of `idp.oauth_applications`.
#[derive(Clone, Debug)]
pub struct Application {
    /// `oa_…`.
    pub id: String,
    /// Shown to users who are asked.
    pub name: String,
    /// What the application calls itself to us.
    pub client_id: String,
    /// SHA-256 of its secret; none for one that cannot keep secrets.
    pub client_secret_digest: Option<String>,
    /// Its own page.
    pub client_uri: Option<String>,
    /// Whether it registered itself.
    pub dynamically_registered: bool,
    /// Whether users are asked.
    pub consent_screen_enabled: bool,
    /// Whether codes must be bound to a verifier.
    pub pkce_required: bool,
    /// Whether it cannot keep secrets.
    pub is_public: bool,
    /// What it may ask for, with spaces between.
    pub scopes: String,
    /// Where browsers may be led back to.
    pub redirect_uris: Vec<String>,
    /// Its logo.
    pub image_id: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// The last change.
    pub updated_at: Timestamp,
}

impl Application {
    fn read(row: &Row) -> Self {
        Self {
            id: row.get("id"),
            name: row.get("name"),
            client_id: row.get("client_id"),
            client_secret_digest: row.get("client_secret_digest"),
            client_uri: row.get("client_uri"),
            dynamically_registered: row.get("dynamically_registered"),
            consent_screen_enabled: row.get("consent_screen_enabled"),
            pkce_required: row.get("pkce_required"),
            is_public: row.get("is_public"),
            scopes: row.get("scopes"),
            redirect_uris: row.get("redirect_uris"),
            image_id: row.get("image_id"),
            created_at: row.get("created_at"),
            updated_at: row.get("updated_at"),
        }
    }
}

sql! {
    /// A new application.
    INSERT_APPLICATION(TEXT, TEXT, TEXT, TEXT, TEXT, BOOL, BOOL, BOOL, BOOL, TEXT, TEXT_ARRAY,
        TIMESTAMPTZ) = "
        insert into idp.oauth_applications (id, name, client_id, client_secret_digest, client_uri,
            dynamically_registered, consent_screen_enabled, pkce_required, is_public, scopes,
            redirect_uris, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)";
    /// An application by id or by what it calls itself.
    FIND_APPLICATION(TEXT) = "
        select id, name, client_id, client_secret_digest, client_uri, dynamically_registered,
               consent_screen_enabled, pkce_required, is_public, scopes, redirect_uris, image_id,
               created_at, updated_at
        from idp.oauth_applications where id = $1 or client_id = $1";
    /// Locks an application until the transaction's end.
    LOCK_APPLICATION(TEXT) = "
        select id from idp.oauth_applications where id = $1 for update";
    /// A page of the applications whose name matches.
    LIST_APPLICATIONS(TEXT, BOOL, INT8, INT8) = "
        select id, name, client_id, client_secret_digest, client_uri, dynamically_registered,
               consent_screen_enabled, pkce_required, is_public, scopes, redirect_uris, image_id,
               created_at, updated_at
        from idp.oauth_applications
        where $1 = '' or strpos(lower(name), lower($1)) > 0
        order by case when $2 then created_at end desc, case when not $2 then created_at end, id
        limit $3 offset $4";
    /// How many there are.
    COUNT_APPLICATIONS(TEXT) = "
        select count(*) from idp.oauth_applications
        where $1 = '' or strpos(lower(name), lower($1)) > 0";
    /// What changes in an application's life.
    UPDATE_APPLICATION(TEXT, TEXT, TEXT, BOOL, BOOL, BOOL, TEXT, TEXT_ARRAY, TIMESTAMPTZ) = "
        update idp.oauth_applications set name = $2, client_secret_digest = $3,
            consent_screen_enabled = $4, pkce_required = $5, is_public = $6, scopes = $7,
            redirect_uris = $8, updated_at = $9
        where id = $1";
    /// Another logo, or none.
    SET_LOGO(TEXT, TEXT, TIMESTAMPTZ) = "
        update idp.oauth_applications set image_id = $2, updated_at = $3 where id = $1";
    /// Gone, with all that it was allowed and given.
    DELETE_APPLICATION(TEXT) = "delete from idp.oauth_applications where id = $1";
}

/// Stores a new application.
pub async fn insert(tx: &mut Tx, row: &Application) -> Result<()> {
    tx.execute(
        &INSERT_APPLICATION,
        &[
            &row.id,
            &row.name,
            &row.client_id,
            &row.client_secret_digest,
            &row.client_uri,
            &row.dynamically_registered,
            &row.consent_screen_enabled,
            &row.pkce_required,
            &row.is_public,
            &row.scopes,
            &row.redirect_uris,
            &row.created_at,
        ],
    )
    .await?;
    Ok(())
}

/// The application of that id, or that calls itself so.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<Application>> {
    let row = tx.query_opt(&FIND_APPLICATION, &[&id]).await?;
    Ok(row.as_ref().map(Application::read))
}

/// The application of that id, locked until the transaction's end.
pub async fn find_locked(tx: &mut Tx, id: &str) -> Result<Option<Application>> {
    tx.query_opt(&LOCK_APPLICATION, &[&id]).await?;
    find(tx, id).await
}

/// A page of the applications whose name has `query` in it, and how many there are.
pub async fn list(
    tx: &mut Tx,
    query: &str,
    descending: bool,
    page: Page,
) -> Result<(Vec<Application>, i64)> {
    let rows = tx
        .query(
            &LIST_APPLICATIONS,
            &[&query, &descending, &page.limit, &page.offset],
        )
        .await?;
    let count = tx.query_one(&COUNT_APPLICATIONS, &[&query]).await?;
    Ok((rows.iter().map(Application::read).collect(), count.get(0)))
}

/// Saves a locked application and moves its `updated_at` on.
pub async fn save(tx: &mut Tx, row: &mut Application, now: Timestamp) -> Result<()> {
    row.updated_at = after(row.updated_at, now);
    tx.execute(
        &UPDATE_APPLICATION,
        &[
            &row.id,
            &row.name,
            &row.client_secret_digest,
            &row.consent_screen_enabled,
            &row.pkce_required,
            &row.is_public,
            &row.scopes,
            &row.redirect_uris,
            &row.updated_at,
        ],
    )
    .await?;
    Ok(())
}

/// Gives a locked application another logo, or none, and moves its `updated_at` on.
pub async fn set_logo(tx: &mut Tx, row: &mut Application, now: Timestamp) -> Result<()> {
    row.updated_at = after(row.updated_at, now);
    tx.execute(&SET_LOGO, &[&row.id, &row.image_id, &row.updated_at])
        .await?;
    Ok(())
}

/// Deletes an application with all that it was allowed and given.
pub async fn delete(tx: &mut Tx, id: &str) -> Result<()> {
    tx.execute(&DELETE_APPLICATION, &[&id]).await?;
    Ok(())
}

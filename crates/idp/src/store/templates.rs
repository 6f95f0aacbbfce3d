//! Texts of messages that were changed.

use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;

use crate::error::Result;

/// A row of `idp.templates`.
#[derive(Clone, Debug)]
pub struct Template {
    /// `email` or `sms`.
    pub template_type: String,
    /// Which message it is.
    pub slug: String,
    /// For people.
    pub name: String,
    /// The subject of a mail.
    pub subject: Option<String>,
    /// What the body was made of, for editors.
    pub markup: Option<String>,
    /// HTML of a mail, or the text of a text message.
    pub body: String,
    /// When it was first changed.
    pub created_at: Timestamp,
    /// The last change.
    pub updated_at: Timestamp,
}

impl Template {
    fn read(row: &Row) -> Self {
        Self {
            template_type: row.get("template_type"),
            slug: row.get("slug"),
            name: row.get("name"),
            subject: row.get("subject"),
            markup: row.get("markup"),
            body: row.get("body"),
            created_at: row.get("created_at"),
            updated_at: row.get("updated_at"),
        }
    }
}

sql! {
    /// Everything that was changed of one type.
    LIST_TEMPLATES(TEXT) = "
        select template_type, slug, name, subject, markup, body,
               created_at, updated_at
        from idp.templates where template_type = $1 order by slug limit 100";
    /// A text, if it was changed.
    FIND_TEMPLATE(TEXT, TEXT) = "
        select template_type, slug, name, subject, markup, body,
               created_at, updated_at
        from idp.templates where template_type = $1 and slug = $2";
    /// Changes a text.
    UPSERT_TEMPLATE(TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TIMESTAMPTZ) = "
        insert into idp.templates (template_type, slug, name, subject, markup, body,
            created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $7)
        on conflict (template_type, slug) do update set name = excluded.name,
            subject = excluded.subject, markup = excluded.markup, body = excluded.body,
            updated_at = excluded.updated_at";
    /// Takes the change back.
    DELETE_TEMPLATE(TEXT, TEXT) = "
        delete from idp.templates where template_type = $1 and slug = $2";
}

/// Everything that was changed of one type.
pub async fn list(tx: &mut Tx, template_type: &str) -> Result<Vec<Template>> {
    let rows = tx.query(&LIST_TEMPLATES, &[&template_type]).await?;
    Ok(rows.iter().map(Template::read).collect())
}

/// A text, if it was changed.
pub async fn find(tx: &mut Tx, template_type: &str, slug: &str) -> Result<Option<Template>> {
    let row = tx
        .query_opt(&FIND_TEMPLATE, &[&template_type, &slug])
        .await?;
    Ok(row.as_ref().map(Template::read))
}

/// Stores a changed text.
pub async fn save(tx: &mut Tx, template: &Template) -> Result<()> {
    tx.execute(
        &UPSERT_TEMPLATE,
        &[
            &template.template_type,
            &template.slug,
            &template.name,
            &template.subject,
            &template.markup,
            &template.body,
            &template.updated_at,
        ],
    )
    .await?;
    Ok(())
}

/// Takes a change back.
pub async fn delete(tx: &mut Tx, template_type: &str, slug: &str) -> Result<()> {
    tx.execute(&DELETE_TEMPLATE, &[&template_type, &slug])
        .await?;
    Ok(())
}

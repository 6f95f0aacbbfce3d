//! Uploaded pictures.

use bailiwick_pg::{Tx, sql};
use jiff::Timestamp;

use crate::error::Result;

/// A row of `idp.images`.
#[derive(Clone, Debug)]
pub struct Image {
    /// `img_…`.
    pub id: String,
    /// `image/png`, `image/jpeg`, `image/webp` or `image/gif`.
    pub content_type: String,
    /// The file.
    pub bytes: Vec<u8>,
}

sql! {
    /// A picture.
    FIND_IMAGE(TEXT) = "select id, content_type, bytes from idp.images where id = $1";
    /// A new picture.
    INSERT_IMAGE(TEXT, TEXT, BYTEA, TIMESTAMPTZ) = "
        insert into idp.images (id, content_type, bytes, created_at) values ($1, $2, $3, $4)";
    /// Gone; whoever showed it shows none.
    DELETE_IMAGE(TEXT) = "delete from idp.images where id = $1";
}

/// The picture of that id.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<Image>> {
    let row = tx.query_opt(&FIND_IMAGE, &[&id]).await?;
    Ok(row.map(|row| Image {
        id: row.get("id"),
        content_type: row.get("content_type"),
        bytes: row.get("bytes"),
    }))
}

/// Stores a new picture.
pub async fn insert(tx: &mut Tx, image: &Image, now: Timestamp) -> Result<()> {
    tx.execute(
        &INSERT_IMAGE,
        &[&image.id, &image.content_type, &image.bytes, &now],
    )
    .await?;
    Ok(())
}

/// Deletes the row, if there is one.
pub async fn delete(tx: &mut Tx, id: &str) -> Result<()> {
    tx.execute(&DELETE_IMAGE, &[&id]).await?;
    Ok(())
}

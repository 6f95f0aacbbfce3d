//! An application proves who it is.

use bailiwick_pg::Tx;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, header};

use crate::domain::oauth::applications::is_secret;
use crate::error::Result;
use crate::frontend::fields::Fields;
use crate::store::oauth::applications::{self as rows, Application};

/// The application that asks: by its id and secret in the header or in the form, or by its id alone
/// where it cannot keep a secret. `None` where it proves nothing.
pub async fn proven(
    tx: &mut Tx,
    headers: &HeaderMap,
    form: &Fields,
) -> Result<Option<Application>> {
    let (id, secret) = match basic(headers) {
        Some((id, secret)) => (id, Some(secret)),
        None => {
            let field = |name| form.get(name).map(str::to_owned);
            (
                field("client_id").unwrap_or_default(),
                field("client_secret"),
            )
        }
    };
    let row = rows::find(tx, &id).await?.filter(|row| row.client_id == id);
    Ok(row.filter(|row| match &secret {
        Some(secret) => is_secret(row, secret),
        None => row.is_public,
    }))
}

fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, text) = value.split_once(' ')?;
    let text = String::from_utf8(STANDARD.decode(text.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    scheme
        .eq_ignore_ascii_case("basic")
        .then(|| (id.to_owned(), secret.to_owned()))
}

//! Who may enter: whoever has a link that the instance gave out, or its secret key.

use http::HeaderMap;
use http::header::COOKIE;
use jiff::SignedDuration;

use crate::error::Result;
use crate::instance::Idp;
use crate::secrets;
use crate::store::{self, console_tokens};

/// The cookie of a console session.
pub(super) const COOKIE_NAME: &str = "bailiwick_console";

/// How long the link of a start can be used.
const START: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long a link for one use can be used.
const ONCE: SignedDuration = SignedDuration::from_mins(10);
/// How long a session lasts.
pub(super) const SESSION: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The path of a link with a new token that can be used until the next call. To be printed at a
/// start, for whoever sees the terminal.
pub async fn start_link(idp: &Idp) -> Result<String> {
    let mut tx = idp.pool().begin().await?;
    console_tokens::delete_start(&mut tx).await?;
    tx.commit().await?;
    Ok(link(&issue(idp, "start", START).await?))
}

/// The path of a link that can be used once, within ten minutes.
pub async fn link_for_one_use(idp: &Idp) -> Result<String> {
    Ok(link(&issue(idp, "once", ONCE).await?))
}

fn link(token: &str) -> String {
    format!("/console/enter?token={token}")
}

async fn issue(idp: &Idp, kind: &str, lifetime: SignedDuration) -> Result<String> {
    let (token, now) = (secrets::opaque(idp.env()), store::now(idp.env()));
    let expires_at = now.saturating_add(lifetime).unwrap_or(now);
    let mut tx = idp.pool().begin().await?;
    let digest = secrets::digest(&token);
    console_tokens::insert(&mut tx, &digest, kind, now, expires_at).await?;
    tx.commit().await?;
    Ok(token)
}

/// A new session; its cookie's value.
pub(super) async fn open(idp: &Idp) -> Result<String> {
    issue(idp, "session", SESSION).await
}

/// Whether a link's token is good; one for a single use is used up.
pub(super) async fn redeem(idp: &Idp, token: &str) -> Result<bool> {
    let (digest, now) = (secrets::digest(token), store::now(idp.env()));
    let mut tx = idp.pool().begin().await?;
    let good = console_tokens::is_good(&mut tx, &digest, "start", now).await?
        || console_tokens::take(&mut tx, &digest, "once", now).await?;
    tx.commit().await?;
    Ok(good)
}

/// The session that a request names.
pub(super) fn cookie(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(COOKIE).iter();
    let pairs = cookies
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'));
    pairs
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE_NAME)
        .map(|(_, value)| value)
}

/// Whether a request is made in a session.
pub(super) async fn is_inside(idp: &Idp, headers: &HeaderMap) -> Result<bool> {
    let Some(token) = cookie(headers) else {
        return Ok(false);
    };
    let (digest, now) = (secrets::digest(token), store::now(idp.env()));
    let mut tx = idp.pool().begin().await?;
    let good = console_tokens::is_good(&mut tx, &digest, "session", now).await?;
    tx.commit().await?;
    Ok(good)
}

/// Ends the session of a request.
pub(super) async fn close(idp: &Idp, headers: &HeaderMap) -> Result<()> {
    if let Some(token) = cookie(headers) {
        let mut tx = idp.pool().begin().await?;
        let (digest, now) = (secrets::digest(token), store::now(idp.env()));
        console_tokens::take(&mut tx, &digest, "session", now).await?;
        tx.commit().await?;
    }
    Ok(())
}

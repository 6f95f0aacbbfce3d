//! Applications: made, proven.

use bailiwick_pg::Tx;
use subtle::ConstantTimeEq;
use url::{Host, Url};

use crate::domain::images;
use crate::error::{Refusal, Result};
use crate::ids::{self, Kind};
use crate::instance::Idp;
use crate::secrets;
use crate::store;
use crate::store::oauth::applications::{self as rows, Application};

/// The most addresses that an application may lead browsers back to, and the longest.
const URIS: (usize, usize) = (20, 1024);

/// What a new application is like.
#[derive(Clone, Debug)]
pub struct NewApplication {
    /// Shown to users who are asked.
    pub name: String,
    /// Its own page.
    pub client_uri: Option<String>,
    /// Whether it registers itself.
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
}

/// Makes an application; the second value is its secret, where it can keep one.
pub async fn create(
    idp: &Idp,
    tx: &mut Tx,
    new: NewApplication,
) -> Result<(Application, Option<String>)> {
    let now = store::now(idp.env());
    let mut row = Application {
        id: ids::new(idp.env(), Kind::OauthApplication),
        name: new.name,
        client_id: secrets::opaque(idp.env())[..24].to_owned(),
        client_secret_digest: None,
        client_uri: new.client_uri,
        dynamically_registered: new.dynamically_registered,
        consent_screen_enabled: new.consent_screen_enabled,
        pkce_required: new.pkce_required || new.is_public,
        is_public: new.is_public,
        scopes: new.scopes,
        redirect_uris: new.redirect_uris,
        image_id: None,
        created_at: now,
        updated_at: now,
    };
    let secret = (!row.is_public).then(|| new_secret(idp, &mut row));
    rows::insert(tx, &row).await?;
    Ok((row, secret))
}

/// Gives a locked application another logo. What it had is gone.
pub async fn set_logo(idp: &Idp, tx: &mut Tx, row: &mut Application, file: Vec<u8>) -> Result<()> {
    let id = images::store(idp, tx, file).await?;
    let before = row.image_id.replace(id);
    rows::set_logo(tx, row, store::now(idp.env())).await?;
    if let Some(id) = before {
        store::images::delete(tx, &id).await?;
    }
    Ok(())
}

/// Deletes an application with its logo and all that it was allowed and given; 404 where there is
/// none.
pub async fn delete(tx: &mut Tx, id: &str) -> Result<()> {
    let row = rows::find_locked(tx, id).await?;
    let row = row.filter(|row| row.id == id);
    let row = row.ok_or_else(|| Refusal::not_found("OAuth application"))?;
    rows::delete(tx, id).await?;
    if let Some(id) = row.image_id {
        store::images::delete(tx, &id).await?;
    }
    Ok(())
}

/// Gives an application another secret.
pub fn new_secret(idp: &Idp, row: &mut Application) -> String {
    let secret = secrets::opaque(idp.env());
    row.client_secret_digest = Some(secrets::digest(&secret));
    secret
}

/// Whether a secret is the application's. One without a secret has none that fits.
#[must_use]
pub fn is_secret(row: &Application, secret: &str) -> bool {
    let digest = secrets::digest(secret);
    let wanted = row.client_secret_digest.as_deref();
    wanted.is_some_and(|wanted| wanted.as_bytes().ct_eq(digest.as_bytes()).into())
}

/// Whether browsers may be led back to these: pages under https, programs on the same machine, and
/// schemes of one's own in the form of a domain. Everything else would let a link run what it says
/// or send a code in the clear.
#[must_use]
pub fn are_redirects(uris: &[String]) -> bool {
    let (most, longest) = URIS;
    let fits = |text: &String| text.len() <= longest && is_redirect(text);
    (1..=most).contains(&uris.len()) && uris.iter().all(fits)
}

fn is_redirect(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else {
        return false;
    };
    let is_plain = url.username().is_empty()
        && url.password().is_none()
        && url.fragment().is_none()
        && !text
            .chars()
            .any(|c| c.is_control() || c.is_whitespace() || c == '*');
    is_plain
        && match url.scheme() {
            "https" => url.host().is_some(),
            "http" => match url.host() {
                Some(Host::Domain(name)) => name == "localhost",
                Some(Host::Ipv4(ip)) => ip.is_loopback(),
                Some(Host::Ipv6(ip)) => ip.is_loopback(),
                None => false,
            },
            scheme => scheme.contains('.'),
        }
}

/// The address of one of our own OAuth endpoints.
#[must_use]
pub fn endpoint(idp: &Idp, path: &str) -> String {
    format!("{}{path}", idp.config().frontend_url())
}

#[cfg(test)]
mod tests {
    use super::are_redirects;

    #[test]
    fn browsers_are_led_back_to_safe_places() {
        let is_fine = |text: &str| are_redirects(&[text.to_owned()]);
        for good in [
            "https://app.example/callback?x=1",
            "http://localhost:8080/cb",
            "http://127.0.0.1/cb",
            "com.example.app:/cb",
        ] {
            assert!(is_fine(good), "{good}");
        }
        for bad in [
            "http://app.example/cb",
            "https://a.example/#x",
            "https://u:p@a.example/",
            "https://*.example/",
            "javascript:alert(1)",
            "data:text/html,x",
            "/cb",
            "",
            "https://a.example/\r\nx",
            "myapp:/cb",
        ] {
            assert!(!is_fine(bad), "{bad}");
        }
        assert!(!are_redirects(&[]));
    }
}

//! Where browsers may be sent afterwards: to our own application and nowhere else.

use bailiwick_pg::Tx;
use url::Url;

use crate::config::IdpConfig;
use crate::error::{Refusal, Result};
use crate::store::redirect_urls;

/// The longest address that is taken.
const MAX_LENGTH: usize = 2048;

/// Reads an address to lead to later; 422 for one outside the application. Anything else would
/// let a link to us lead anywhere.
pub fn read(config: &IdpConfig, text: &str, param: &str) -> Result<Url, Refusal> {
    let refused = || {
        let text = "The URL must lead to one of the application's own origins.";
        Refusal::format(param, text)
    };
    if text.len() > MAX_LENGTH || text.chars().any(char::is_control) {
        return Err(refused());
    }
    let url = Url::parse(text).map_err(|_| refused())?;
    let origin = url.origin().ascii_serialization();
    let is_plain = url.username().is_empty() && url.password().is_none();
    if is_plain && config.allowed_origins.contains(&origin) {
        Ok(url)
    } else {
        Err(refused())
    }
}

/// The same for links in mails: they may also lead to an address that a server has named for it.
pub async fn permitted(tx: &mut Tx, config: &IdpConfig, text: &str, param: &str) -> Result<Url> {
    match read(config, text, param) {
        Ok(url) => Ok(url),
        Err(refusal) if text.len() > MAX_LENGTH => Err(refusal.into()),
        Err(refusal) if !redirect_urls::is_known(tx, text).await? => Err(refusal.into()),
        Err(refusal) => Ok(Url::parse(text).map_err(|_| refusal)?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leads_to_the_application_only() {
        let config = IdpConfig::new("A", "http://localhost:3000", "sk_live_0123456789".into());
        for good in [
            "http://localhost:3000",
            "http://localhost:3000/sign-in#/sso-callback?a=b",
            "HTTP://LOCALHOST:3000/x",
        ] {
            assert!(read(&config, good, "redirect_url").is_ok(), "{good}");
        }
        for bad in [
            "",
            "/sign-in",
            "//localhost:3000/",
            "http://localhost:3001/",
            "https://localhost:3000/",
            "http://localhost:3000@evil.example/",
            "http://user@localhost:3000/",
            "http://localhost:3000.evil.example/",
            "http://evil.example/http://localhost:3000",
            "http://evil.example\\@localhost:3000/",
            "javascript:alert(1)//http://localhost:3000",
            "data:text/html,x",
            "http://localhost:3000/\r\nset-cookie: a=b",
            &format!("http://localhost:3000/{}", "x".repeat(3000)),
        ] {
            let refusal = read(&config, bad, "redirect_url").unwrap_err();
            assert_eq!(refusal.status, 422, "{bad}");
        }
    }
}

//! The cookies of a browser.
//!
//! Cookies ignore ports, so that all instances on one host share them: the one that counts
//! carries a suffix of the instance. The names of the others are fixed by Clerk's SDKs.

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;
use http::{HeaderMap, HeaderValue, header};

use crate::error::{Error, Result};

/// How long browsers keep them: a year.
pub const MAX_AGE_SECONDS: i64 = 365 * 24 * 3600;

/// How long the application's server has to take a handshake up.
const HANDSHAKE_SECONDS: i64 = 60;

/// Cookie names and attributes of an instance.
#[derive(Clone, Debug)]
pub struct Cookies {
    client: String,
    uat: [String; 2],
    suffix: String,
    secure: bool,
}

impl Cookies {
    /// The names for an instance.
    #[must_use]
    pub fn new(instance_id: &str, publishable_key: &str, secure: bool) -> Self {
        let instance = digest::digest(&digest::SHA256, instance_id.as_bytes());
        let suffix: String = hex::encode(instance).chars().take(8).collect();
        Self {
            client: format!("__client_{suffix}"),
            uat: [
                "__client_uat".to_owned(),
                format!("__client_uat_{}", key_suffix(publishable_key)),
            ],
            suffix: key_suffix(publishable_key),
            secure,
        }
    }

    /// The secret that the browser presents.
    #[must_use]
    pub fn client_secret(&self, headers: &HeaderMap) -> Option<String> {
        let value = self.find(headers, &self.client)?;
        // Ours have 43 characters; anything much longer is not worth hashing.
        (!value.is_empty() && value.len() <= 128).then(|| value.to_owned())
    }

    /// Whether the browser believes that somebody is signed in.
    #[must_use]
    pub fn believes_signed_in(&self, headers: &HeaderMap) -> bool {
        self.uat
            .iter()
            .any(|name| self.find(headers, name).is_some_and(|value| value != "0"))
    }

    fn find<'a>(&self, headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find_map(|(key, value)| (key == name).then_some(value))
    }

    /// Gives the browser its secret.
    pub fn set_client(&self, headers: &mut HeaderMap, secret: &str) -> Result<()> {
        self.set(headers, &self.client, secret, "; HttpOnly")
    }

    /// Tells the browser since when somebody is signed in, in Unix seconds; 0 means nobody is.
    pub fn set_uat(&self, headers: &mut HeaderMap, seconds: i64) -> Result<()> {
        for name in &self.uat {
            self.set(headers, name, &seconds.to_string(), "")?;
        }
        Ok(())
    }

    /// What a server is to set for its own pages, as `Set-Cookie` has it: the token, since when
    /// somebody is signed in, and what renews the token. Without a session, the same names with
    /// nothing in them.
    #[must_use]
    pub fn handshake(&self, token: Option<&str>, uat: i64, refresh: Option<&str>) -> Vec<String> {
        let uat = uat.to_string();
        let mut list = self.session(token);
        for name in &self.uat {
            list.push(self.directive(name, Some(&uat), ""));
        }
        let name = format!("__refresh_{}", self.suffix);
        list.push(self.directive(&name, refresh, "; HttpOnly"));
        list
    }

    /// The token as cookies, for scripts of any age.
    #[must_use]
    pub fn session(&self, token: Option<&str>) -> Vec<String> {
        let suffixed = format!("__session_{}", self.suffix);
        ["__session", &suffixed]
            .map(|name| self.directive(name, token, ""))
            .to_vec()
    }

    /// A cookie as `Set-Cookie` has it; without a value, one that ends.
    fn directive(&self, name: &str, value: Option<&str>, more: &str) -> String {
        let secure = if self.secure { "; Secure" } else { "" };
        let age = if value.is_some() { MAX_AGE_SECONDS } else { 0 };
        let value = value.unwrap_or_default();
        format!("{name}={value}; Path=/; Max-Age={age}; SameSite=Lax{more}{secure}")
    }

    /// Hands the signed list of cookies to the server, by way of the browser.
    pub fn set_handshake(&self, headers: &mut HeaderMap, payload: &str) -> Result<()> {
        let secure = if self.secure { "; Secure" } else { "" };
        let text = format!(
            "__clerk_handshake={payload}; Path=/; Max-Age={HANDSHAKE_SECONDS}; SameSite=Lax; \
             HttpOnly{secure}"
        );
        let value = HeaderValue::from_str(&text)
            .map_err(|error| Error::Internal(format!("the handshake cookie: {error}")))?;
        headers.append(header::SET_COOKIE, value);
        Ok(())
    }

    fn set(&self, headers: &mut HeaderMap, name: &str, value: &str, more: &str) -> Result<()> {
        let secure = if self.secure { "; Secure" } else { "" };
        let text = format!(
            "{name}={value}; Path=/; Max-Age={MAX_AGE_SECONDS}; SameSite=Lax{more}{secure}"
        );
        let value = HeaderValue::from_str(&text)
            .map_err(|error| Error::Internal(format!("cookie {name}: {error}")))?;
        headers.append(header::SET_COOKIE, value);
        Ok(())
    }
}

/// The suffix that Clerk's SDKs derive from a publishable key.
#[must_use]
pub fn key_suffix(publishable_key: &str) -> String {
    let hash = digest::digest(
        &digest::SHA1_FOR_LEGACY_USE_ONLY,
        publishable_key.as_bytes(),
    );
    URL_SAFE.encode(hash).chars().take(8).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_its_own_cookie_among_others() {
        let cookies = Cookies::new("ins_1", "pk_live_x", false);
        let mut headers = HeaderMap::new();
        cookies.set_client(&mut headers, "secret").unwrap();
        let set = headers[header::SET_COOKIE].to_str().unwrap().to_owned();
        assert!(
            set.contains("; HttpOnly")
                && set.contains("; SameSite=Lax")
                && set.contains("; Path=/")
        );
        assert!(!set.contains("Secure") && !set.contains("Domain"));
        let pair = set.split(';').next().unwrap();
        let mut request = HeaderMap::new();
        request.insert(
            header::COOKIE,
            format!("a=b; {pair}; __client_uat=0").parse().unwrap(),
        );
        assert_eq!(cookies.client_secret(&request).as_deref(), Some("secret"));
        assert!(!cookies.believes_signed_in(&request));
        assert_eq!(
            Cookies::new("ins_2", "pk_live_x", false).client_secret(&request),
            None
        );
    }

    #[test]
    fn marks_cookies_of_secure_origins() {
        let mut headers = HeaderMap::new();
        Cookies::new("ins_1", "pk_live_x", true)
            .set_uat(&mut headers, 5)
            .unwrap();
        assert_eq!(headers.get_all(header::SET_COOKIE).iter().count(), 2);
        assert!(
            headers
                .iter()
                .all(|(_, value)| value.to_str().unwrap().ends_with("; Secure"))
        );
    }
}

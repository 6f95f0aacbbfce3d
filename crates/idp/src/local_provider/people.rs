//! The people whom the provider knows: anybody.

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::{Value, json};

use super::flavor::{Flavor, TENANT};

/// Somebody to sign in as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Face {
    /// The person's name.
    pub name: String,
    /// The person's address.
    pub email: String,
    /// Whether the provider has verified it.
    pub is_verified: bool,
}

impl Face {
    /// A number that the address alone decides: the same person each time, another at each
    /// provider.
    fn number(&self, flavor: Flavor) -> u64 {
        let text = format!("{}\0{}", flavor.key(), self.email.to_lowercase());
        let hash = digest(&SHA256, text.as_bytes());
        let mut number = 0;
        for byte in hash.as_ref().iter().take(8) {
            number = (number << 8) | u64::from(*byte);
        }
        number
    }

    /// The person's name at the provider, which never changes.
    pub fn subject(&self, flavor: Flavor) -> String {
        let number = self.number(flavor);
        match flavor {
            Flavor::Google => format!("1{number:020}"),
            Flavor::Microsoft => uuid::Uuid::from_u64_pair(number, !number).to_string(),
            // As large as GitHub's numbers are.
            Flavor::GitHub => (number % 100_000_000 + 1_000_000).to_string(),
        }
    }

    fn login(&self) -> &str {
        self.email.split('@').next().unwrap_or_default()
    }

    /// What id tokens and userinfo say.
    pub fn claims(&self, flavor: Flavor) -> Value {
        let (given, family) = self.name.rsplit_once(' ').unwrap_or((&self.name, ""));
        let mut claims = json!({
            "sub": self.subject(flavor),
            "name": self.name,
            "email": self.email,
        });
        match flavor {
            Flavor::Google => {
                claims["given_name"] = given.into();
                claims["family_name"] = family.into();
                claims["email_verified"] = self.is_verified.into();
            }
            Flavor::Microsoft => {
                claims["oid"] = self.subject(flavor).into();
                claims["tid"] = TENANT.into();
                claims["preferred_username"] = self.email.as_str().into();
                claims["xms_edov"] = self.is_verified.into();
            }
            Flavor::GitHub => {}
        }
        claims
    }

    /// GitHub's `/user`.
    pub fn github_user(&self) -> Value {
        json!({
            "id": self.number(Flavor::GitHub) % 100_000_000 + 1_000_000,
            "login": self.login(),
            "name": self.name,
            "email": null,
            "avatar_url": null,
        })
    }

    /// GitHub's `/user/emails`.
    pub fn github_emails(&self) -> Value {
        json!([
            { "email": format!("{}@users.noreply.localhost.example", self.login()),
              "primary": false, "verified": true, "visibility": null },
            { "email": self.email, "primary": true, "verified": self.is_verified,
              "visibility": "private" },
        ])
    }
}

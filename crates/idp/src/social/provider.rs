//! A provider as the settings have it, with what is known of the well-known ones.

use crate::settings::{Social, SocialProvider};

/// What a provider speaks, and how it names people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Google.
    Google,
    /// Microsoft Entra ID and personal accounts.
    Microsoft,
    /// GitHub: OAuth without OpenID Connect.
    GitHub,
    /// LinkedIn.
    LinkedIn,
    /// Apple: posts its answer, wants a signed secret.
    Apple,
    /// Any other that speaks OpenID Connect.
    Custom,
}

/// A provider that is offered.
#[derive(Clone, Debug)]
pub struct Provider {
    /// Its name in the settings.
    pub key: String,
    /// What it speaks.
    pub kind: Kind,
    /// What the settings say of it.
    pub settings: SocialProvider,
}

/// The providers that the settings offer, by name.
pub fn list(settings: &Social) -> Vec<Provider> {
    let offered = settings.providers.iter();
    offered
        .filter_map(|(key, settings)| Provider::new(key, settings))
        .collect()
}

impl Provider {
    /// A provider of the settings; none where it is switched off or unknown.
    #[must_use]
    pub fn new(key: &str, settings: &SocialProvider) -> Option<Self> {
        let kind = match key {
            "google" => Kind::Google,
            "microsoft" => Kind::Microsoft,
            "github" => Kind::GitHub,
            "linkedin_oidc" => Kind::LinkedIn,
            "apple" => Kind::Apple,
            _ if is_custom(key) => Kind::Custom,
            _ => return None,
        };
        (settings.enabled && !settings.client_id.is_empty()).then(|| Self {
            key: key.to_owned(),
            kind,
            settings: settings.clone(),
        })
    }

    /// The provider of a strategy such as `oauth_google`.
    #[must_use]
    pub fn find(settings: &Social, strategy: &str) -> Option<Self> {
        let key = strategy.strip_prefix("oauth_")?;
        Self::new(key, settings.providers.get(key)?)
    }

    /// `oauth_google` and the like.
    #[must_use]
    pub fn strategy(&self) -> String {
        format!("oauth_{}", self.key)
    }

    /// What people read.
    #[must_use]
    pub fn name(&self) -> &str {
        let usual = match self.kind {
            Kind::Google => "Google",
            Kind::Microsoft => "Microsoft",
            Kind::GitHub => "GitHub",
            Kind::LinkedIn => "LinkedIn",
            Kind::Apple => "Apple",
            Kind::Custom => self.key.strip_prefix("custom_").unwrap_or(&self.key),
        };
        self.settings.name.as_deref().unwrap_or(usual)
    }

    /// What is asked for.
    #[must_use]
    pub fn scopes(&self) -> Vec<String> {
        if !self.settings.scopes.is_empty() {
            return self.settings.scopes.clone();
        }
        let usual: &[&str] = match self.kind {
            Kind::Google | Kind::LinkedIn | Kind::Custom => &["openid", "email", "profile"],
            Kind::Microsoft => &["openid", "email", "profile", "User.Read"],
            Kind::GitHub => &["read:user", "user:email"],
            Kind::Apple => &["name", "email"],
        };
        usual.iter().map(|scope| (*scope).to_owned()).collect()
    }

    /// Whether the answer comes as a form, which only names are given for.
    #[must_use]
    pub fn posts_its_answer(&self) -> bool {
        self.kind == Kind::Apple
    }

    /// Where its description is, for providers of OpenID Connect.
    #[must_use]
    pub fn discovery_url(&self) -> Option<String> {
        if let Some(url) = &self.settings.discovery_url {
            return Some(url.clone());
        }
        let tenant = self.tenant();
        let issuer = match (self.settings.issuer.as_deref(), self.kind) {
            (Some(issuer), _) => issuer.to_owned(),
            (None, Kind::Google) => "https://accounts.google.com".to_owned(),
            (None, Kind::Microsoft) => format!("https://login.microsoftonline.com/{tenant}/v2.0"),
            (None, Kind::LinkedIn) => "https://www.linkedin.com/oauth".to_owned(),
            (None, Kind::Apple) => "https://appleid.apple.com".to_owned(),
            (None, Kind::GitHub | Kind::Custom) => return None,
        };
        let issuer = issuer.trim_end_matches('/');
        Some(format!("{issuer}/.well-known/openid-configuration"))
    }

    /// Microsoft: whose accounts are let in.
    #[must_use]
    pub fn tenant(&self) -> &str {
        self.settings.tenant.as_deref().unwrap_or("common")
    }

    /// Microsoft: whether one organization alone is let in, whose administrators we trust.
    #[must_use]
    pub fn is_single_tenant(&self) -> bool {
        !matches!(self.tenant(), "common" | "organizations" | "consumers")
    }

    /// The organization that alone is let in, where there is one.
    #[must_use]
    pub fn only_tenant(&self) -> Option<&str> {
        let is_single = self.kind == Kind::Microsoft && self.is_single_tenant();
        is_single.then(|| self.tenant())
    }
}

/// `custom_` and a name that fits the protocol.
fn is_custom(key: &str) -> bool {
    key.strip_prefix("custom_").is_some_and(|name| {
        (1..=40).contains(&name.len())
            && name
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(client_id: &str) -> SocialProvider {
        SocialProvider {
            client_id: client_id.to_owned(),
            ..SocialProvider::default()
        }
    }

    #[test]
    fn offers_what_is_known_switched_on_and_set_up() {
        for key in [
            "google",
            "microsoft",
            "github",
            "linkedin_oidc",
            "apple",
            "custom_okta",
        ] {
            assert!(Provider::new(key, &settings("id")).is_some(), "{key}");
            assert!(Provider::new(key, &settings("")).is_none(), "{key}");
        }
        for key in ["", "custom_", "custom_A", "oauth_google", "facebook"] {
            assert!(Provider::new(key, &settings("id")).is_none(), "{key}");
        }
        let off = SocialProvider {
            enabled: false,
            ..settings("id")
        };
        assert!(Provider::new("google", &off).is_none());
    }

    #[test]
    fn asks_the_real_providers_unless_told_otherwise() {
        let url = |key: &str, settings: SocialProvider| {
            Provider::new(key, &settings).unwrap().discovery_url()
        };
        assert_eq!(
            url("microsoft", settings("id")).unwrap(),
            "https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration"
        );
        assert_eq!(
            url("google", settings("id")).unwrap(),
            "https://accounts.google.com/.well-known/openid-configuration"
        );
        assert_eq!(url("github", settings("id")), None);
        let other = SocialProvider {
            issuer: Some("http://localhost:1/x/".to_owned()),
            ..settings("id")
        };
        assert_eq!(
            url("custom_x", other).unwrap(),
            "http://localhost:1/x/.well-known/openid-configuration"
        );
    }
}

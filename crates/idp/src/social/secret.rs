//! Our secret at a provider: read when it is used, so that a new file needs no restart.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::failure::Failure;
use super::provider::{Kind, Provider};

/// The largest secret, in bytes.
const MAX: usize = 8 * 1024;
/// How long a secret that we sign is good for, in seconds.
const SIGNED_SECONDS: i64 = 300;

/// The secret to present; none for a public client. `given` is one that the program was started
/// with.
pub async fn read(
    provider: &Provider,
    given: Option<&SecretString>,
    now: Timestamp,
) -> Result<Option<SecretString>, Failure> {
    let secret = match (given, &provider.settings.client_secret_file) {
        (Some(secret), _) => Some(secret.clone()),
        (None, Some(path)) => {
            let text = tokio::fs::read_to_string(path)
                .await
                .map_err(|error| Failure::Settings(format!("{}: {error}", path.display())))?;
            Some(text.trim().to_owned().into())
        }
        (None, None) => variable(provider)?,
    };
    let fits = |secret: &SecretString| (1..=MAX).contains(&secret.expose_secret().len());
    if secret.as_ref().is_some_and(|secret| !fits(secret)) {
        return Err(Failure::Settings(
            "the client secret is empty or too long".to_owned(),
        ));
    }
    match (provider.kind, secret) {
        (Kind::Apple, Some(key)) => sign_apple(provider, &key, now).map(Some),
        (Kind::Apple, None) => Err(Failure::Settings("Apple needs a key".to_owned())),
        (_, secret) => Ok(secret),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the settings name the variable, so that no one else can know which it is"
)]
fn variable(provider: &Provider) -> Result<Option<SecretString>, Failure> {
    let Some(name) = &provider.settings.client_secret_env else {
        return Ok(None);
    };
    match std::env::var(name) {
        Ok(text) => Ok(Some(text.trim().to_owned().into())),
        Err(_) => Err(Failure::Settings(format!("{name} is not set"))),
    }
}

/// Apple takes no secret but a token that the team's key signed a moment ago.
fn sign_apple(
    provider: &Provider,
    pem: &SecretString,
    now: Timestamp,
) -> Result<SecretString, Failure> {
    let unreadable = || Failure::Settings("Apple's key is no P-256 key in PEM".to_owned());
    let needed = |value: &Option<String>, name: &str| {
        value
            .clone()
            .ok_or_else(|| Failure::Settings(format!("{name} is missing")))
    };
    let body: String = pem
        .expose_secret()
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .flat_map(str::chars)
        .filter(|c| !c.is_whitespace())
        .collect();
    let der = STANDARD.decode(body).map_err(|_| unreadable())?;
    let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der)
        .map_err(|_| unreadable())?;
    let header = json!({ "alg": "ES256",
        "kid": needed(&provider.settings.apple_key_id, "apple_key_id")? });
    let claims = json!({
        "iss": needed(&provider.settings.apple_team_id, "apple_team_id")?,
        "iat": now.as_second(),
        "exp": now.as_second() + SIGNED_SECONDS,
        "aud": "https://appleid.apple.com",
        "sub": provider.settings.client_id,
    });
    let message = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header.to_string()),
        URL_SAFE_NO_PAD.encode(claims.to_string())
    );
    let signature = key
        .sign(&SystemRandom::new(), message.as_bytes())
        .map_err(|_| unreadable())?;
    Ok(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)).into())
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, KeyPair, UnparsedPublicKey};

    use super::*;
    use crate::settings::SocialProvider;

    fn provider(key: &str, change: impl FnOnce(&mut SocialProvider)) -> Provider {
        let mut settings = SocialProvider {
            client_id: "us".to_owned(),
            ..SocialProvider::default()
        };
        change(&mut settings);
        Provider::new(key, &settings).unwrap()
    }

    #[tokio::test]
    async fn comes_from_the_program_a_file_or_the_environment() {
        let now = Timestamp::UNIX_EPOCH;
        let path = std::env::temp_dir().join(format!("idp-secret-{}", std::process::id()));
        std::fs::write(&path, "from-file\n").unwrap();
        let google = provider("google", |s| s.client_secret_file = Some(path.clone()));
        let read_text = async |provider: &Provider, given: Option<&SecretString>| {
            let secret = read(provider, given, now).await;
            secret.map(|secret| secret.map(|secret| secret.expose_secret().to_owned()))
        };
        assert_eq!(
            read_text(&google, None).await,
            Ok(Some("from-file".to_owned()))
        );
        let given = "given".into();
        assert_eq!(
            read_text(&google, Some(&given)).await,
            Ok(Some("given".to_owned()))
        );
        std::fs::remove_file(&path).unwrap();
        assert!(read_text(&google, None).await.is_err());
        let unset = provider("google", |s| {
            s.client_secret_env = Some("NO_SUCH_NAME".to_owned())
        });
        assert!(read_text(&unset, None).await.is_err());
        assert_eq!(read_text(&provider("google", |_| {}), None).await, Ok(None));
    }

    #[tokio::test]
    async fn apple_gets_a_token_that_its_key_signed() {
        let signing = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let der = EcdsaKeyPair::generate_pkcs8(signing, &SystemRandom::new()).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(signing, der.as_ref()).unwrap();
        let pem = format!(
            "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
            STANDARD.encode(der.as_ref())
        );
        let apple = provider("apple", |s| {
            s.apple_team_id = Some("TEAM".to_owned());
            s.apple_key_id = Some("KEY".to_owned());
        });
        let now = Timestamp::from_second(1_000).unwrap();
        let secret = read(&apple, Some(&pem.into()), now).await.unwrap().unwrap();
        let (message, signature) = secret.expose_secret().rsplit_once('.').unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key.public_key().as_ref())
            .verify(message.as_bytes(), &signature)
            .unwrap();
        let claims = message.split_once('.').unwrap().1;
        let claims: serde_json::Value =
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
        assert_eq!(claims["iss"], "TEAM");
        assert_eq!(claims["sub"], "us");
        assert_eq!(claims["exp"], 1_300);
        for broken in ["", "not a key"] {
            let refused = read(&apple, Some(&broken.into()), now).await;
            assert!(matches!(refused, Err(Failure::Settings(_))));
        }
        assert!(read(&apple, None, now).await.is_err());
    }
}

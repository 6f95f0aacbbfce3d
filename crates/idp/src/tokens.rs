//! Session tokens, version 2 of Clerk's format.

use bailiwick_kernel::Env;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::error::Result;
use crate::keys::Keys;
use crate::store::memberships::Membership;
use crate::store::sessions::Session;

/// Header category of session tokens.
pub const SESSION_CATEGORY: &str = "cl_B7d4PD111AAA";
/// How long a session token lives, in seconds.
pub const LIFETIME: i64 = 60;
/// How far clocks may differ, in seconds.
const SKEW: i64 = 10;

/// What a session token says.
pub struct Subject<'a> {
    /// The session, which must be active.
    pub session: &'a Session,
    /// The membership in the active organization, where there is one.
    pub membership: Option<&'a Membership>,
    /// Origin of the page that asks.
    pub origin: Option<&'a str>,
}

/// Makes a session token for `lifetime` seconds.
pub fn session(
    keys: &Keys,
    env: &Env,
    issuer: &str,
    subject: &Subject<'_>,
    lifetime: i64,
) -> Result<String> {
    let now = env.now();
    let iat = now.as_second();
    let session = subject.session;
    let mut claims = json!({
        "exp": iat + lifetime,
        "fva": verification_age(session, now),
        "iat": iat,
        "iss": issuer,
        "jti": hex::encode(env.bytes::<10>()),
        "nbf": iat - SKEW,
        "sid": session.id,
        "sts": session.status_at(now),
        "sub": session.user_id,
        "v": 2,
    });
    if let Some(claims) = claims.as_object_mut() {
        if let Some(origin) = subject.origin {
            claims.insert("azp".to_owned(), origin.into());
        }
        if let Some(actor) = &session.actor {
            claims.insert("act".to_owned(), actor.clone());
        }
        if let Some(membership) = subject.membership {
            add_organization(claims, membership);
        }
    }
    keys.sign(SESSION_CATEGORY, &claims)
}

/// Minutes since the first and the second factor were given; -1 where one was not.
#[must_use]
pub fn verification_age(session: &Session, now: Timestamp) -> [i64; 2] {
    let age = |at: Option<Timestamp>| {
        at.map_or(-1, |at| ((now.as_second() - at.as_second()) / 60).max(0))
    };
    [age(session.first_factor_at), age(session.second_factor_at)]
}

/// The organization, and the custom permissions in it as one bit mask per feature. System
/// permissions are never in a token.
fn add_organization(claims: &mut Map<String, Value>, membership: &Membership) {
    let mut organization = json!({
        "id": membership.organization.id,
        "rol": membership.role.strip_prefix("org:").unwrap_or(&membership.role),
        "slg": membership.organization.slug,
    });
    let custom: Vec<(&str, &str)> = membership
        .permissions
        .iter()
        .filter_map(|key| key.strip_prefix("org:")?.split_once(':'))
        .filter(|(feature, _)| !feature.starts_with("sys_"))
        .collect();
    if !custom.is_empty() {
        let mut features: Vec<&str> = custom.iter().map(|(feature, _)| *feature).collect();
        features.sort_unstable();
        features.dedup();
        let mut verbs: Vec<&str> = custom.iter().map(|(_, verb)| *verb).collect();
        verbs.sort_unstable();
        verbs.dedup();
        let masks: Vec<String> = features
            .iter()
            .map(|feature| {
                let bits = verbs.iter().take(128).enumerate();
                bits.filter(|(_, verb)| custom.contains(&(*feature, **verb)))
                    .fold(0_u128, |mask, (bit, _)| mask | (1 << bit))
                    .to_string()
            })
            .collect();
        organization["per"] = verbs.join(",").into();
        organization["fpm"] = masks.join(",").into();
        let features: Vec<String> = features
            .iter()
            .map(|feature| format!("o:{feature}"))
            .collect();
        claims.insert("fea".to_owned(), features.join(",").into());
    }
    claims.insert("o".to_owned(), organization);
}

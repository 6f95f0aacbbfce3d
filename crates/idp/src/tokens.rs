//! Session tokens, version 2 of Clerk's format.

mod grants;

use bailiwick_kernel::Env;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use grants::Grants;

use crate::error::Result;
use crate::instance::Idp;
use crate::keys::Keys;
use crate::store::memberships::Membership;
use crate::store::sessions::Session;

/// Header category of session tokens.
pub const SESSION_CATEGORY: &str = "cl_B7d4PD111AAA";
/// Header category of what is no token for anybody.
pub const IGNORED_CATEGORY: &str = "cl_I7d4PD111III";
/// How long a session token lives, in seconds.
pub const LIFETIME: i64 = 60;
/// How far clocks may differ, in seconds.
const SKEW: i64 = 10;

/// What a session token says.
pub struct Subject<'a> {
    /// The session, which must be live; a verifier tells by `sts` whether it counts.
    pub session: &'a Session,
    /// The membership in the active organization, where there is one.
    pub membership: Option<&'a Membership>,
    /// Origin of the page that asks.
    pub origin: Option<&'a str>,
    /// Claims of one's own; those of the format win.
    pub claims: Map<String, Value>,
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
        for (name, value) in &subject.claims {
            claims.entry(name.as_str()).or_insert_with(|| value.clone());
        }
        if let Some(origin) = subject.origin {
            claims.insert("azp".to_owned(), origin.into());
        }
        if let Some(actor) = &session.actor {
            claims.insert("act".to_owned(), actor.clone());
        }
        add_grants(claims, session, subject.membership);
    }
    keys.sign(SESSION_CATEGORY, &claims)
}

/// What a server presents, with an expired token, to get a new one: it names the session to this
/// instance and to nobody else. It is worth nothing
/// without the instance's secret key, and once the session is over.
#[must_use]
pub fn refresh_token(idp: &Idp, session_id: &str) -> String {
    idp.codes().digest("session refresh", session_id)
}

/// Whether `token` is the refresh token of that session; takes the same time for every wrong one.
#[must_use]
pub fn is_refresh_token(idp: &Idp, session_id: &str, token: &str) -> bool {
    idp.codes().verify("session refresh", session_id, token)
}

/// Minutes since the first and the second factor were given; -1 where one was not.
#[must_use]
pub fn verification_age(session: &Session, now: Timestamp) -> [i64; 2] {
    let age = |at: Option<Timestamp>| {
        at.map_or(-1, |at| ((now.as_second() - at.as_second()) / 60).max(0))
    };
    [age(session.first_factor_at), age(session.second_factor_at)]
}

/// The organization, and what its plan, the member's role and the user's own plan grant.
fn add_grants(claims: &mut Map<String, Value>, session: &Session, membership: Option<&Membership>) {
    let permissions = membership.map_or(&[][..], |membership| &membership.permissions);
    let plan = membership.and_then(|membership| membership.plan.as_ref());
    let grants = Grants::new(permissions, plan, session.plan.as_ref());
    let mut organization = membership.map(|membership| {
        json!({
            "id": membership.organization.id,
            "rol": membership.role.strip_prefix("org:").unwrap_or(&membership.role),
            "slg": membership.organization.slug,
        })
    });
    grants.write(claims, organization.as_mut());
    if let Some(organization) = organization {
        claims.insert("o".to_owned(), organization);
    }
}

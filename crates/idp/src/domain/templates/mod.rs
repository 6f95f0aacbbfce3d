//! Claims of one's own: in session tokens, and in tokens for other services.

mod claims;
mod key;
mod scope;
mod shortcodes;

pub use claims::{check, of_session};
pub use key::Algorithm;

use bailiwick_pg::Tx;
use serde_json::{Value, json};

use crate::error::{Error, Refusal, Result};
use crate::instance::Idp;
use crate::store::jwt_templates::{self, JwtTemplate};
use crate::store::memberships::{self, Membership};
use crate::store::sessions::Session;

/// Header category of tokens from templates: a verifier of session tokens refuses them.
const CATEGORY: &str = "cl_B7d4PD222AAA";

/// Makes a token from the template of that name for a session that counts; 404 where there is no
/// such template. `lifetime` stands in for the template's.
pub async fn mint(
    idp: &Idp,
    tx: &mut Tx,
    name: &str,
    session: &Session,
    origin: Option<&str>,
    lifetime: Option<i64>,
) -> Result<String> {
    let template = jwt_templates::find_by_name(tx, name).await?;
    let template = template.ok_or_else(|| Refusal::not_found("JWT template"))?;
    let membership = active(tx, session).await?;
    let claims = &template.claims;
    let scope = scope::load(idp, tx, claims, session, membership.as_ref()).await?;
    let mut claims = shortcodes::render(claims, &scope);
    let iat = idp.env().now().as_second();
    if let Some(claims) = claims.as_object_mut() {
        for (name, value) in [
            (
                "exp",
                json!(iat + lifetime.unwrap_or(template.lifetime_seconds)),
            ),
            ("iat", json!(iat)),
            ("iss", json!(idp.config().issuer)),
            ("jti", json!(hex::encode(idp.env().bytes::<10>()))),
            ("nbf", json!(iat - template.clock_skew_seconds)),
            ("sub", json!(session.user_id)),
        ] {
            claims.insert(name.to_owned(), value);
        }
        if let Some(origin) = origin {
            claims.insert("azp".to_owned(), origin.into());
        }
    }
    sign(idp, &template, &claims)
}

fn sign(idp: &Idp, template: &JwtTemplate, claims: &Value) -> Result<String> {
    let Some(sealed) = &template.sealed_key else {
        return idp.keys().sign(CATEGORY, claims);
    };
    let text = idp.seal().open(&sealed_context(&template.id), sealed)?;
    let algorithm = Algorithm::read(&template.signing_algorithm)
        .ok_or_else(|| Error::Internal("a template's stored algorithm is unknown".to_owned()))?;
    algorithm.sign(&text, CATEGORY, claims)
}

/// Where a template's signing key is sealed for.
#[must_use]
pub fn sealed_context(template_id: &str) -> String {
    format!("jwt_templates.key.{template_id}")
}

/// The membership in the organization that is active in a session.
pub async fn active(tx: &mut Tx, session: &Session) -> Result<Option<Membership>> {
    match &session.last_active_organization_id {
        Some(id) => memberships::find(tx, id, &session.user_id).await,
        None => Ok(None),
    }
}

//! What users give applications: a code, and tokens for it.

use aws_lc_rs::digest::{SHA256, digest};
use bailiwick_pg::Tx;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use serde_json::{Value, json};
use subtle::ConstantTimeEq;

use crate::domain::people;
use crate::error::Result;
use crate::instance::Idp;
use crate::model::user::Person;
use crate::store::oauth::applications::Application;
use crate::store::oauth::codes::{self, Code};
use crate::store::oauth::tokens::{self, Token};
use crate::{ids, secrets, store};

/// How long a code can be used, in seconds.
const CODE_SECONDS: i64 = 60;
/// How long a token is good, in seconds: a day.
pub const TOKEN_SECONDS: i64 = 86_400;
/// Header category of id tokens: no SDK takes one for a session's.
const CATEGORY: &str = "cl_I7d4PD111III";

/// What an application asks for.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Where the code goes.
    pub redirect_uri: String,
    /// What for.
    pub scopes: Vec<String>,
    /// SHA-256 of the verifier, in base64url.
    pub code_challenge: Option<String>,
    /// For the application to recognise its request by.
    pub nonce: Option<String>,
}

/// Tokens as they are handed over.
#[derive(Debug)]
pub struct Tokens {
    /// The row.
    pub row: Token,
    /// The token itself.
    pub access: String,
    /// What gets the next one, where the application may ask for that.
    pub refresh: Option<String>,
    /// Who the user is, signed, where the application asked for that.
    pub id_token: Option<String>,
}

/// Makes a code of a user for an application.
pub async fn code(
    idp: &Idp,
    tx: &mut Tx,
    application: &Application,
    user_id: &str,
    ask: Ask,
) -> Result<String> {
    let code = secrets::opaque(idp.env());
    let end = store::now(idp.env()).saturating_add(SignedDuration::from_secs(CODE_SECONDS));
    let row = Code {
        code_digest: secrets::digest(&code),
        grant_id: ids::hex(idp.env(), "grant"),
        application_id: application.id.clone(),
        user_id: user_id.to_owned(),
        redirect_uri: ask.redirect_uri,
        scopes: ask.scopes,
        code_challenge: ask.code_challenge,
        nonce: ask.nonce,
        used: false,
        expires_at: end.unwrap_or_else(|_| store::now(idp.env())),
    };
    codes::insert(tx, &row).await?;
    Ok(code)
}

/// Changes a code into tokens. `None` for a code that is not good for this application, address and
/// verifier. One that was used before ends everything that came of it; the caller commits that too.
pub async fn redeem(
    idp: &Idp,
    tx: &mut Tx,
    application: &Application,
    (code, redirect_uri, verifier): (&str, &str, Option<&str>),
) -> Result<Option<Tokens>> {
    let now = store::now(idp.env());
    let Some(row) = codes::find_locked(tx, &secrets::digest(code)).await? else {
        return Ok(None);
    };
    if row.application_id != application.id {
        return Ok(None);
    }
    if row.used {
        tokens::revoke_grant(tx, &row.grant_id, now).await?;
        return Ok(None);
    }
    let proven = match (&row.code_challenge, verifier) {
        (None, None) => true,
        (Some(challenge), Some(verifier)) => is_verifier(challenge, verifier),
        _ => false,
    };
    if row.expires_at <= now || row.redirect_uri != redirect_uri || !proven {
        return Ok(None);
    }
    codes::set_used(tx, &row.code_digest).await?;
    let Some(person) = people::find(tx, &row.user_id).await? else {
        return Ok(None);
    };
    if person.user.banned {
        return Ok(None);
    }
    let nonce = row.nonce.as_deref();
    Ok(Some(
        issue(
            idp,
            tx,
            application,
            &person,
            (&row.grant_id, row.scopes, nonce),
        )
        .await?,
    ))
}

fn is_verifier(challenge: &str, verifier: &str) -> bool {
    if !(43..=128).contains(&verifier.len()) {
        return false;
    }
    let made = URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()));
    made.as_bytes().ct_eq(challenge.as_bytes()).into()
}

/// Gets the next tokens. `None` for one that is not good for that; one that was used before was
/// stolen, and ends everything that came of the same code.
pub async fn refresh(
    idp: &Idp,
    tx: &mut Tx,
    application: &Application,
    token: &str,
) -> Result<Option<Tokens>> {
    let now = store::now(idp.env());
    let digest = secrets::digest(token);
    let Some(row) = tokens::find_locked(tx, &digest).await? else {
        return Ok(None);
    };
    if row.application_id != application.id || row.refresh_digest.as_ref() != Some(&digest) {
        return Ok(None);
    }
    if row.refreshed || row.revoked {
        tokens::revoke_grant(tx, &row.grant_id, now).await?;
        return Ok(None);
    }
    tokens::set_refreshed(tx, &row.id, now).await?;
    let Some(person) = people::find(tx, &row.user_id).await? else {
        return Ok(None);
    };
    Ok(Some(
        issue(
            idp,
            tx,
            application,
            &person,
            (&row.grant_id, row.scopes, None),
        )
        .await?,
    ))
}

async fn issue(
    idp: &Idp,
    tx: &mut Tx,
    application: &Application,
    person: &Person,
    (grant_id, scopes, nonce): (&str, Vec<String>, Option<&str>),
) -> Result<Tokens> {
    let now = store::now(idp.env());
    let has = |scope: &str| scopes.iter().any(|given| given == scope);
    let access = format!("oat_{}", secrets::opaque(idp.env()));
    let refresh = has("offline_access").then(|| secrets::opaque(idp.env()));
    let id_token = match has("openid") {
        true => Some(id_token(idp, application, person, &scopes, nonce)?),
        false => None,
    };
    let end = now.saturating_add(SignedDuration::from_secs(TOKEN_SECONDS));
    let row = Token {
        id: ids::hex(idp.env(), "oat"),
        grant_id: grant_id.to_owned(),
        application_id: application.id.clone(),
        client_id: application.client_id.clone(),
        user_id: person.user.id.clone(),
        scopes,
        access_digest: secrets::digest(&access),
        refresh_digest: refresh.as_deref().map(secrets::digest),
        refreshed: false,
        revoked: false,
        expires_at: end.unwrap_or(now),
        created_at: now,
        updated_at: now,
    };
    tokens::insert(tx, &row).await?;
    Ok(Tokens {
        row,
        access,
        refresh,
        id_token,
    })
}

fn id_token(
    idp: &Idp,
    application: &Application,
    person: &Person,
    scopes: &[String],
    nonce: Option<&str>,
) -> Result<String> {
    let iat = idp.env().now().as_second();
    let mut all = claims(idp, person, scopes);
    let own = json!({
        "aud": application.client_id,
        "exp": iat + TOKEN_SECONDS,
        "iat": iat,
        "iss": idp.config().issuer,
        "sub": person.user.id,
    });
    if let (Value::Object(all), Value::Object(own)) = (&mut all, own) {
        all.extend(own);
        if let Some(nonce) = nonce {
            all.insert("nonce".to_owned(), nonce.into());
        }
    }
    idp.keys().sign(CATEGORY, &all)
}

/// What an application is told of a user for its scopes.
#[must_use]
pub fn claims(idp: &Idp, person: &Person, scopes: &[String]) -> Value {
    let has = |scope: &str| scopes.iter().any(|given| given == scope);
    let user = &person.user;
    let mut claims = json!({});
    if has("email")
        && let Some(email) = person.primary_email()
    {
        claims["email"] = email.address.as_str().into();
        claims["email_verified"] = email.verified_at.is_some().into();
    }
    if has("profile") {
        let names: Vec<&str> = [&user.first_name, &user.last_name]
            .into_iter()
            .filter_map(Option::as_deref)
            .collect();
        claims["family_name"] = json!(user.last_name);
        claims["given_name"] = json!(user.first_name);
        claims["name"] = (!names.is_empty()).then(|| names.join(" ")).into();
        claims["preferred_username"] = json!(user.username);
        claims["picture"] = person.image_url(idp.config()).into();
    }
    if has("public_metadata") {
        claims["public_metadata"] = user.public_metadata.clone();
    }
    claims
}

/// The token that is presented, where it is good at this moment.
pub async fn presented(idp: &Idp, tx: &mut Tx, token: &str) -> Result<Option<Token>> {
    let digest = secrets::digest(token);
    let now = store::now(idp.env());
    let row = tokens::find_locked(tx, &digest).await?;
    Ok(row.filter(|row| row.access_digest == digest && !row.revoked && row.expires_at > now))
}

/// Takes back what came of the same code as a token of that application, in either of its forms;
/// whether there was one.
pub async fn revoke(
    idp: &Idp,
    tx: &mut Tx,
    application: &Application,
    token: &str,
) -> Result<bool> {
    let row = tokens::find_locked(tx, &secrets::digest(token)).await?;
    let Some(row) = row.filter(|row| row.application_id == application.id) else {
        return Ok(false);
    };
    tokens::revoke_grant(tx, &row.grant_id, store::now(idp.env())).await?;
    Ok(true)
}

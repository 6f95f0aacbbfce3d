//! What a verified session token says.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::strict::{Object, not_null};
use super::{Features, TokenError, features};

/// A verified session: who, since when, and which organization is active.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionClaims {
    /// The provider's id of the user (`sub`).
    pub user_id: String,
    /// The provider's id of the session (`sid`).
    pub session_id: String,
    /// The token's own id (`jti`).
    pub token_id: Option<String>,
    /// From when on it is refused, leeway aside.
    pub expires_at: Timestamp,
    /// Before when it is refused, leeway aside.
    pub not_before: Option<Timestamp>,
    /// When it was issued.
    pub issued_at: Option<Timestamp>,
    /// The origin that it was issued to (`azp`).
    pub authorized_party: Option<String>,
    /// The version of the claims: 1 or 2.
    pub version: u8,
    /// The active organization; none in a personal session.
    pub organization: Option<ActiveOrganization>,
    /// The plan as `o:slug` or `u:slug` (`pla`).
    pub plan: Option<String>,
    /// What the plans include (`fea`).
    pub features: Features,
    /// Who is really acting, where the session is an impersonation.
    pub actor: Option<Actor>,
    /// How long ago the user proved each factor (`fva`).
    pub factor_ages: Option<FactorAges>,
}

/// The organization that was active when the token was issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActiveOrganization {
    /// The provider's id of it.
    pub id: String,
    /// Its slug, where it has one.
    pub slug: Option<String>,
    /// The provider's role with its prefix (`org:admin`), a hint only: ours comes from the mirror.
    pub role: Option<String>,
    /// The provider's custom permissions (`org:feature:permission`), a hint only.
    pub permissions: Vec<String>,
}

/// The impersonator of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The provider's id of the user who acts.
    pub user_id: String,
    /// The session from which they act.
    pub session_id: Option<String>,
    /// Who vouches for them.
    pub issuer: Option<String>,
    /// What whoever let them act calls it (see [`crate::api::ActorTokenCreate`]).
    pub impersonation: Option<String>,
}

/// Minutes since the factors were last verified when the token was issued; none is "never".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FactorAges {
    /// The first factor.
    pub first_minutes: Option<u32>,
    /// The second factor.
    pub second_minutes: Option<u32>,
}

/// The claims as they are written. Those of one version only stay unread until the version is known.
#[derive(Deserialize)]
struct RawClaims<'a> {
    #[serde(default, deserialize_with = "not_null")]
    iss: Option<String>,
    #[serde(default, deserialize_with = "not_null")]
    sub: Option<String>,
    #[serde(default, deserialize_with = "not_null")]
    sid: Option<String>,
    #[serde(default, deserialize_with = "not_null")]
    exp: Option<i64>,
    #[serde(default, deserialize_with = "not_null")]
    nbf: Option<i64>,
    #[serde(default, deserialize_with = "not_null")]
    iat: Option<i64>,
    #[serde(default, deserialize_with = "not_null")]
    azp: Option<String>,
    #[serde(default, deserialize_with = "not_null")]
    sts: Option<String>,
    #[serde(default, deserialize_with = "not_null")]
    v: Option<u64>,
    jti: Option<String>,
    act: Option<Object<RawActor>>,
    fva: Option<(i64, i64)>,
    #[serde(borrow)]
    o: Option<&'a RawValue>,
    #[serde(borrow)]
    pla: Option<&'a RawValue>,
    #[serde(borrow)]
    fea: Option<&'a RawValue>,
    #[serde(borrow)]
    org_id: Option<&'a RawValue>,
    #[serde(borrow)]
    org_role: Option<&'a RawValue>,
    #[serde(borrow)]
    org_slug: Option<&'a RawValue>,
    #[serde(borrow)]
    org_permissions: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct RawActor {
    sub: String,
    sid: Option<String>,
    iss: Option<String>,
    impersonation: Option<String>,
}

#[derive(Deserialize)]
struct RawOrganization {
    id: String,
    slg: Option<String>,
    rol: Option<String>,
    per: Option<String>,
    fpm: Option<String>,
}

/// What the claims are held against.
pub(super) struct Expected<'a> {
    pub issuer: &'a str,
    pub authorized_parties: &'a [String],
}

/// Reads the claims of a token whose signature holds, and judges all but its times.
///
/// # Errors
/// See [`TokenError`].
pub(super) fn read(claims: &[u8], expected: &Expected<'_>) -> Result<SessionClaims, TokenError> {
    let Object(raw) = serde_json::from_slice::<Object<RawClaims<'_>>>(claims)
        .map_err(|_| TokenError::Malformed("claims"))?;

    if raw.iss.as_deref().ok_or(TokenError::ClaimMissing("iss"))? != expected.issuer {
        return Err(TokenError::Issuer);
    }
    if let Some(azp) = &raw.azp
        && !expected.authorized_parties.is_empty()
        && !expected.authorized_parties.contains(azp)
    {
        return Err(TokenError::AuthorizedParty);
    }
    if raw.sts.as_deref().is_some_and(|status| status != "active") {
        return Err(TokenError::NotActive);
    }
    let version = match raw.v {
        None | Some(1) => 1,
        Some(2) => 2,
        Some(_) => return Err(TokenError::Version),
    };
    let (features, plan, organization) = if version == 2 {
        second_version(&raw)?
    } else {
        first_version(&raw)?
    };

    Ok(SessionClaims {
        user_id: required(raw.sub, "sub")?,
        session_id: required(raw.sid, "sid")?,
        token_id: raw.jti,
        expires_at: time(raw.exp.ok_or(TokenError::ClaimMissing("exp"))?, "exp")?,
        not_before: raw.nbf.map(|seconds| time(seconds, "nbf")).transpose()?,
        issued_at: raw.iat.map(|seconds| time(seconds, "iat")).transpose()?,
        authorized_party: raw.azp,
        version,
        organization,
        plan,
        features,
        actor: raw.act.map(|Object(actor)| Actor {
            user_id: actor.sub,
            session_id: actor.sid,
            issuer: actor.iss,
            impersonation: actor.impersonation,
        }),
        factor_ages: raw.fva.map(|(first, second)| FactorAges {
            first_minutes: u32::try_from(first).ok(),
            second_minutes: u32::try_from(second).ok(),
        }),
    })
}

type Context = (Features, Option<String>, Option<ActiveOrganization>);

/// `o`, `fea` and `pla`; claims of the first version are not looked at.
fn second_version(raw: &RawClaims<'_>) -> Result<Context, TokenError> {
    let fea: Option<String> = parse(raw.fea, "fea")?;
    let features = features::parse(fea.as_deref().unwrap_or_default())?;
    let organization: Option<Object<RawOrganization>> = parse(raw.o, "o")?;
    let organization = organization
        .map(|Object(org)| {
            let permissions = match (&org.per, &org.fpm) {
                (Some(per), Some(fpm)) => features::permissions(&features, per, fpm),
                _ => Vec::new(),
            };
            Ok(ActiveOrganization {
                id: required(Some(org.id), "o.id")?,
                slug: org.slg,
                role: org.rol.map(prefixed),
                permissions,
            })
        })
        .transpose()?;
    Ok((features, parse(raw.pla, "pla")?, organization))
}

/// `org_id` and its kin; claims of the second version are not looked at.
fn first_version(raw: &RawClaims<'_>) -> Result<Context, TokenError> {
    let id: Option<String> = parse(raw.org_id, "org_id")?;
    let organization = id
        .map(|id| {
            Ok(ActiveOrganization {
                id: required(Some(id), "org_id")?,
                slug: parse(raw.org_slug, "org_slug")?,
                role: parse(raw.org_role, "org_role")?,
                permissions: parse(raw.org_permissions, "org_permissions")?.unwrap_or_default(),
            })
        })
        .transpose()?;
    Ok((Features::default(), None, organization))
}

/// Reads a claim of a known version; `null` counts as absent.
fn parse<'a, T: Deserialize<'a>>(
    raw: Option<&'a RawValue>,
    name: &'static str,
) -> Result<Option<T>, TokenError> {
    raw.map_or(Ok(None), |raw| serde_json::from_str(raw.get()))
        .map_err(|_| TokenError::ClaimMalformed(name))
}

fn required(claim: Option<String>, name: &'static str) -> Result<String, TokenError> {
    match claim {
        None => Err(TokenError::ClaimMissing(name)),
        Some(claim) if claim.is_empty() => Err(TokenError::ClaimMalformed(name)),
        Some(claim) => Ok(claim),
    }
}

fn time(seconds: i64, name: &'static str) -> Result<Timestamp, TokenError> {
    Timestamp::from_second(seconds).map_err(|_| TokenError::ClaimMalformed(name))
}

/// The second version leaves out the prefix that roles carry everywhere else.
fn prefixed(role: String) -> String {
    if role.starts_with("org:") {
        role
    } else {
        format!("org:{role}")
    }
}

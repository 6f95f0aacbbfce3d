//! Verifications: a code is sent, an answer judged.

use bailiwick_pg::Tx;
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use url::Url;

use super::{messages, restrictions};
use crate::error::{Refusal, Result};
use crate::instance::Idp;
use crate::mail::{self, Mail, Purpose};
use crate::store::verifications::{Standing, Verification};
use crate::store::{self, verifications};
use crate::{ids, secrets};

/// A code by mail.
pub const EMAIL_CODE: &str = "email_code";
/// A link by mail.
pub const EMAIL_LINK: &str = "email_link";
/// A code by text message.
pub const PHONE_CODE: &str = "phone_code";

/// How long a code is right.
const CODE_LIFETIME: SignedDuration = SignedDuration::from_mins(10);

/// Asks for a code that goes to an address, or for the strategies of phones to a number. The
/// message is to be sent after the commit. 429 where too many were sent there.
pub async fn ask(idp: &Idp, tx: &mut Tx, strategy: &str, to: &str) -> Result<(Verification, Mail)> {
    let is_phone = strategy.ends_with("phone_code");
    if is_phone {
        restrictions::check_number(idp, to)?;
    }
    idp.limits().mail(to)?;
    let now = store::now(idp.env());
    let is_test = if is_phone {
        secrets::is_test_number(to)
    } else {
        secrets::is_test_address(to)
    };
    let is_test = idp.has_test_codes() && is_test;
    let code = if is_test {
        secrets::TEST_CODE.to_owned()
    } else {
        secrets::code(idp.env())
    };
    let id = ids::new(idp.env(), ids::Kind::Verification);
    let verification = Verification {
        code_digest: Some(idp.codes().digest(&id, &code)),
        id,
        strategy: strategy.to_owned(),
        attempts: 0,
        expire_at: Some(now.saturating_add(CODE_LIFETIME).unwrap_or(now)),
        verified_at: None,
        client_id: None,
        redirect_url: None,
        verified_at_client: None,
        created_at: now,
    };
    verifications::insert(tx, &verification).await?;
    let purpose = if strategy.starts_with("reset_password") {
        Purpose::PasswordReset
    } else {
        Purpose::Verification
    };
    let (name, home) = (&idp.config().application_name, &idp.config().home_url);
    let mail = if is_phone {
        mail::sms(name, to, &code, purpose)
    } else {
        mail::code(name, home, to, &code, purpose)
    };
    Ok((verification, messages::written(idp, tx, mail).await?))
}

/// What a link by mail is for and leads to.
#[derive(Clone, Copy, Debug)]
pub struct LinkRequest<'a> {
    /// What it is for.
    pub slug: &'static str,
    /// The address that it is sent to.
    pub address: &'a str,
    /// The browser that asks.
    pub client_id: &'a str,
    /// The origin at which that browser knows the instance.
    pub origin: &'a str,
    /// The page that it leads to in the end, one of the application's own.
    pub redirect_url: &'a Url,
}

/// Asks for a link to be followed. The message is to be sent after the commit. 429 where too many
/// were sent there.
pub async fn ask_link(
    idp: &Idp,
    tx: &mut Tx,
    request: LinkRequest<'_>,
) -> Result<(Verification, Mail)> {
    idp.limits().mail(request.address)?;
    let now = store::now(idp.env());
    let id = ids::new(idp.env(), ids::Kind::Verification);
    let secret = secrets::opaque(idp.env());
    let verification = Verification {
        code_digest: Some(idp.codes().digest(&id, &secret)),
        strategy: EMAIL_LINK.to_owned(),
        attempts: 0,
        expire_at: Some(now.saturating_add(CODE_LIFETIME).unwrap_or(now)),
        verified_at: None,
        client_id: Some(request.client_id.to_owned()),
        redirect_url: Some(request.redirect_url.to_string()),
        verified_at_client: None,
        created_at: now,
        id,
    };
    verifications::insert(tx, &verification).await?;
    let config = idp.config();
    let link = format!(
        "{}{}/v1/verify?token={}.{secret}",
        request.origin, config.proxy_prefix, verification.id
    );
    let (name, home) = (&config.application_name, &config.home_url);
    let subject = format!("Your link for {name}");
    let what = mail::Link {
        slug: request.slug,
        subject: &subject,
        heading: "Confirm your email address",
        why: "Follow this link, in the browser in which you asked for it.",
        button: "Confirm",
        url: &link,
        after: "The link is valid for 10 minutes and for one time. Never give it to anybody. If \
                you did not ask for it, you can ignore this message: nothing has changed.",
    };
    let mut mail = mail::link(name, home, request.address, &what);
    mail.values = vec![("magic_link", link)];
    Ok((verification, mail))
}

/// The verification of a link's token, locked; none for a token that we never sent.
pub async fn find_link(idp: &Idp, tx: &mut Tx, token: &str) -> Result<Option<Verification>> {
    let Some((id, secret)) = token.split_once('.') else {
        return Ok(None);
    };
    let row = verifications::find_locked(tx, id).await?;
    let row = row.filter(|row| row.strategy == EMAIL_LINK);
    Ok(row.filter(|row| {
        let digest = row.code_digest.as_deref();
        digest.is_some_and(|digest| idp.codes().verify(&row.id, secret, digest))
    }))
}

/// Refuses a strategy that is none of those offered here.
pub fn expect_strategy(strategy: &str, offered: &[&str]) -> Result<(), Refusal> {
    if offered.contains(&strategy) {
        return Ok(());
    }
    Err(not_supported())
}

/// The refusal of a strategy that is not offered.
#[must_use]
pub fn not_supported() -> Refusal {
    let text = "The strategy is not supported by this instance.";
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    Refusal::new(status, "form_param_value_invalid", text).param("strategy")
}

/// The refusal of a wrong code.
#[must_use]
pub fn code_incorrect() -> Refusal {
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    Refusal::new(status, "form_code_incorrect", "Incorrect code").param("code")
}

/// The refusal to verify again what is verified.
#[must_use]
pub fn already_verified() -> Refusal {
    let text = "This verification has already been verified.";
    Refusal::new(
        StatusCode::BAD_REQUEST,
        "verification_already_verified",
        text,
    )
}

/// A verification that is over as soon as it begins: by a password, or by an operator's word.
pub async fn record(idp: &Idp, tx: &mut Tx, strategy: &str) -> Result<Verification> {
    let now = store::now(idp.env());
    let verification = Verification {
        id: ids::new(idp.env(), ids::Kind::Verification),
        strategy: strategy.to_owned(),
        code_digest: None,
        attempts: 1,
        expire_at: None,
        verified_at: Some(now),
        client_id: None,
        redirect_url: None,
        verified_at_client: None,
        created_at: now,
    };
    verifications::insert(tx, &verification).await?;
    Ok(verification)
}

/// A verification by another provider's word, which was waited for until `until`.
pub async fn record_provider(
    idp: &Idp,
    tx: &mut Tx,
    strategy: &str,
    until: Timestamp,
) -> Result<Verification> {
    let now = store::now(idp.env());
    let verification = Verification {
        id: ids::new(idp.env(), ids::Kind::Verification),
        strategy: strategy.to_owned(),
        code_digest: None,
        attempts: 1,
        expire_at: Some(until),
        verified_at: Some(now),
        client_id: None,
        redirect_url: None,
        verified_at_client: None,
        created_at: now,
    };
    verifications::insert(tx, &verification).await?;
    Ok(verification)
}

/// What came of an answer.
#[derive(Debug)]
pub enum Judgement {
    /// It was right; the verification is done.
    Right(Verification),
    /// It was wrong, and was counted: the caller must commit before it refuses.
    Wrong(Refusal),
    /// It was not looked at.
    Closed(Refusal),
}

/// Judges an answer to a code that was asked for by this strategy, if that was so.
pub async fn judge_code(
    idp: &Idp,
    tx: &mut Tx,
    asked: Option<&Verification>,
    strategy: &str,
    code: &str,
) -> Result<Judgement> {
    let asked = asked.filter(|asked| asked.strategy == strategy);
    judge(idp, tx, asked.map_or("", |asked| &asked.id), code).await
}

/// Judges an answer and counts it. The verification is locked, so that answers given at once are
/// judged one by one.
pub async fn judge(idp: &Idp, tx: &mut Tx, id: &str, code: &str) -> Result<Judgement> {
    let now = store::now(idp.env());
    let closed = |code: &str, text: &str| {
        Ok(Judgement::Closed(Refusal::new(
            StatusCode::BAD_REQUEST,
            code,
            text,
        )))
    };
    let Some(mut verification) = verifications::find_locked(tx, id).await? else {
        return closed(
            "verification_missing",
            "There is no verification under way.",
        );
    };
    match verification.standing(now) {
        Standing::Unverified => {}
        Standing::Verified => return Ok(Judgement::Closed(already_verified())),
        Standing::Expired => {
            return closed(
                "verification_expired",
                "This verification has expired. You need to request a new one.",
            );
        }
        Standing::Failed => {
            return closed(
                "verification_failed",
                "Too many failed attempts. You have to try again with the same or another method.",
            );
        }
    }
    let right = verification
        .code_digest
        .as_deref()
        .is_some_and(|digest| idp.codes().verify(&verification.id, code, digest));
    verifications::answer(tx, id, right.then_some(now)).await?;
    verification.attempts += 1;
    if right {
        verification.verified_at = Some(now);
        verification.code_digest = None;
        Ok(Judgement::Right(verification))
    } else {
        Ok(Judgement::Wrong(code_incorrect()))
    }
}

//! Who may sign up, and in.

use bailiwick_pg::Tx;
use http::StatusCode;

use super::{countries, disposable};
use crate::error::{Refusal, Result};
use crate::instance::Idp;
use crate::settings::SignUpMode;
use crate::store;

/// Refuses to sign somebody up whom the instance's settings and lists keep out. `identifiers` are
/// the person's addresses and numbers; `is_invited` whether somebody vouches for the person, which
/// counts as being on the list of those who may.
pub async fn check_sign_up(
    idp: &Idp,
    tx: &mut Tx,
    identifiers: &[String],
    is_invited: bool,
) -> Result<()> {
    if !is_invited {
        check_mode(idp)?;
    }
    let settings = idp.settings();
    let rules = &settings.apis.restrictions;
    for identifier in identifiers {
        let Some((local, domain)) = identifier.rsplit_once('@') else {
            continue;
        };
        if rules.block_email_subaddresses && local.contains(['+', '=', '#']) {
            let text = "Email addresses with a subaddress are not allowed.";
            return Err(refusal("email_address_subaddress_not_allowed", text).into());
        }
        if rules.block_disposable_email_domains && disposable::is_disposable(domain) {
            let text = "Disposable email addresses are not allowed.";
            return Err(refusal("disposable_email_not_allowed", text).into());
        }
    }
    check_lists(
        tx,
        identifiers,
        rules.allowlist && !is_invited,
        rules.blocklist,
    )
    .await
}

/// Refuses whoever signs up uninvited where the instance is not open to everybody.
pub fn check_mode(idp: &Idp) -> Result<(), Refusal> {
    let (code, text) = match idp.settings().apis.restrictions.sign_up_mode {
        SignUpMode::Public => return Ok(()),
        SignUpMode::Restricted => (
            "sign_up_mode_restricted",
            "Sign ups are currently disabled. If you believe you should have access, please contact support.",
        ),
        SignUpMode::Waitlist => (
            "sign_up_restricted_waitlist",
            "Sign ups are currently disabled. To be let in, join the waitlist.",
        ),
    };
    Err(Refusal::new(StatusCode::FORBIDDEN, code, text))
}

/// Refuses to sign somebody in whom the lists keep out, where they hold for signing in.
pub async fn check_sign_in(idp: &Idp, tx: &mut Tx, identifiers: &[String]) -> Result<()> {
    let settings = idp.settings();
    let rules = &settings.apis.restrictions;
    if rules.allowlist_blocklist_disabled_on_sign_in {
        return Ok(());
    }
    check_lists(tx, identifiers, rules.allowlist, rules.blocklist).await
}

async fn check_lists(tx: &mut Tx, identifiers: &[String], allow: bool, block: bool) -> Result<()> {
    if !allow && !block {
        return Ok(());
    }
    let mut wanted = Vec::with_capacity(2 * identifiers.len());
    for identifier in identifiers {
        let identifier = identifier.to_lowercase();
        if let Some((_, domain)) = identifier.rsplit_once('@') {
            wanted.push(format!("*@{domain}"));
        }
        wanted.push(identifier);
    }
    let lists = store::restrictions::lists_with(tx, &wanted).await?;
    let is_on = |name: &str| lists.iter().any(|list| list == name);
    if (block && is_on("block")) || (allow && !is_on("allow")) {
        let text = "You are not allowed to access this application.";
        return Err(refusal("not_allowed_access", text).into());
    }
    Ok(())
}

/// Refuses to send a text message to a number of a country that the settings exclude.
pub fn check_number(idp: &Idp, number: &str) -> Result<(), Refusal> {
    let settings = idp.settings();
    let blocked = &settings.apis.communication.blocked_country_codes;
    if countries::of(number).any(|country| blocked.iter().any(|code| code == country)) {
        let text = "Phone numbers from this country are currently not supported.";
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        let refusal = Refusal::new(status, "unsupported_country_code", text);
        return Err(refusal.param("phone_number"));
    }
    Ok(())
}

fn refusal(code: &str, text: &str) -> Refusal {
    Refusal::new(StatusCode::FORBIDDEN, code, text).param("email_address")
}

//! The fields of a template, as requests give them.

use crate::backend::form::Form;
use crate::domain::templates::{self, Algorithm, sealed_context};
use crate::error::{Refusal, Result};
use crate::instance::Idp;
use crate::store::jwt_templates::JwtTemplate;

/// Seconds that tokens live.
const LIFETIMES: std::ops::RangeInclusive<i64> = 30..=315_360_000;
/// Seconds that clocks may differ.
const SKEWS: std::ops::RangeInclusive<i64> = 0..=300;
/// The longest signing key, in characters: an RSA key of 8192 bits fits.
const MAX_KEY: usize = 16 * 1024;

/// Puts what a request says into a template, and refuses what does not fit.
pub(super) fn apply(idp: &Idp, form: &mut Form, template: &mut JwtTemplate) -> Result<()> {
    if let Some(name) = form.name("name").flatten() {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        if name.len() > 64 || !name.chars().all(is_plain) {
            let text = "name may have 64 letters, digits, hyphens and underscores.";
            form.refuse(Refusal::format("name", text));
        }
        template.name = name;
    }
    if let Some(claims) = form.object("claims") {
        if let Err(refusal) = templates::check(&claims) {
            form.refuse(refusal);
        }
        template.claims = claims.into();
    }
    if let Some(seconds) = form.count("lifetime").flatten() {
        if !LIFETIMES.contains(&seconds) {
            let text = "A token lives 30 to 315360000 seconds.";
            form.refuse(Refusal::format("lifetime", text));
        }
        template.lifetime_seconds = seconds;
    }
    if let Some(seconds) = form.count("allowed_clock_skew").flatten() {
        if !SKEWS.contains(&seconds) {
            let text = "Clocks may differ by 0 to 300 seconds.";
            form.refuse(Refusal::format("allowed_clock_skew", text));
        }
        template.clock_skew_seconds = seconds;
    }
    signing(idp, form, template)
}

fn signing(idp: &Idp, form: &mut Form, template: &mut JwtTemplate) -> Result<()> {
    let own = form.boolean("custom_signing_key");
    let algorithm = form.name("signing_algorithm").flatten();
    let key = form.text("signing_key").flatten();
    if !own.unwrap_or(template.sealed_key.is_some()) {
        if own == Some(false) {
            template.sealed_key = None;
            Algorithm::Rs256
                .as_str()
                .clone_into(&mut template.signing_algorithm);
        }
        return Ok(());
    }
    let name = algorithm.unwrap_or_else(|| template.signing_algorithm.clone());
    let Some(algorithm) = Algorithm::read(&name) else {
        let text = "signing_algorithm must be one of HS256, HS384, HS512, RS256, RS384, RS512.";
        form.refuse(Refusal::format("signing_algorithm", text));
        return Ok(());
    };
    let context = sealed_context(&template.id);
    let key = match (key, &template.sealed_key) {
        (Some(key), _) => key,
        (None, Some(sealed)) => idp.seal().open(&context, sealed)?,
        (None, None) => {
            form.refuse(Refusal::missing("signing_key"));
            return Ok(());
        }
    };
    if key.len() > MAX_KEY || !algorithm.takes(&key) {
        let text = "signing_key must be a secret of 32 bytes or more, or an RSA private key in \
                    PEM, as the algorithm asks.";
        form.refuse(Refusal::format("signing_key", text));
        return Ok(());
    }
    template.sealed_key = Some(idp.seal().seal(idp.env(), &context, &key)?);
    algorithm
        .as_str()
        .clone_into(&mut template.signing_algorithm);
    Ok(())
}

/// The refusal of a name that another template has.
pub(super) fn taken(error: crate::Error) -> crate::Error {
    match &error {
        crate::Error::Database(database) if database.constraint() == Some("jwt_templates_name") => {
            let text = "A template of this name exists already.";
            let status = http::StatusCode::UNPROCESSABLE_ENTITY;
            Refusal::new(status, "form_identifier_exists", text)
                .param("name")
                .into()
        }
        _ => error,
    }
}

//! The answer to the question for a second factor.

use bailiwick_pg::Tx;
use http::StatusCode;

use super::{backup_codes, offered, totp};
use crate::domain::verifications::{self, Judgement};
use crate::error::{Refusal, Result};
use crate::instance::Idp;
use crate::model::user::Person;

/// The longest answer that is looked at.
const MAX_CODE: usize = 64;

/// Judges the second factor of a locked person: a code that was `asked` for by a verification,
/// one of the authenticator, or a backup code. A factor that the person does not have is 422.
pub async fn judge(
    idp: &Idp,
    tx: &mut Tx,
    person: &Person,
    strategy: &str,
    code: &str,
    asked: Option<&str>,
) -> Result<Judgement> {
    let offers = offered(&idp.settings(), person);
    if !offers.iter().any(|factor| factor["strategy"] == strategy) {
        let text = "The strategy is not one of this account's second factors.";
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        let refusal = Refusal::new(status, "form_param_value_invalid", text).param("strategy");
        return Ok(Judgement::Closed(refusal));
    }
    if code.len() > MAX_CODE {
        return Ok(Judgement::Wrong(incorrect()));
    }
    let is_right = match strategy {
        "totp" => totp::check(idp, tx, &person.user.id, code).await?,
        "backup_code" => backup_codes::spend(idp, tx, &person.user.id, code).await?,
        _ => return verifications::judge(idp, tx, asked.unwrap_or_default(), code).await,
    };
    Ok(if is_right {
        Judgement::Right(verifications::record(idp, tx, strategy).await?)
    } else {
        Judgement::Wrong(incorrect())
    })
}

/// The refusal of a wrong code.
pub(super) fn incorrect() -> Refusal {
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    Refusal::new(status, "form_code_incorrect", "Incorrect code").param("code")
}

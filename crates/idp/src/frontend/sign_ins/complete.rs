//! The end of an attempt to sign in: a session.

use super::Strategy;
use crate::domain::{sessions, verifications};
use crate::error::Result;
use crate::frontend::visit::Visit;
use crate::model::user::Person;
use crate::store::sign_ins::{self as rows, SignIn};

/// Completes an attempt with the right password.
pub async fn by_password(
    visit: &mut Visit,
    sign_in: &mut SignIn,
    person: &mut Person,
) -> Result<()> {
    let idp = visit.idp.clone();
    let strategy = Strategy::Password;
    let verification = verifications::record(&idp, &mut visit.tx, strategy.as_str()).await?;
    sign_in.first_factor_verification = Some(verification);
    complete(visit, sign_in, person, strategy).await
}

/// Signs a locked user in, whose proof was right.
pub async fn complete(
    visit: &mut Visit,
    sign_in: &mut SignIn,
    person: &mut Person,
    strategy: Strategy,
) -> Result<()> {
    let (idp, browser) = (visit.idp.clone(), visit.meta.browser.clone());
    let client_id = visit.known_client()?.id.clone();
    let session = sessions::start(&idp, &mut visit.tx, &client_id, person, None, &browser).await?;
    "complete".clone_into(&mut sign_in.status);
    sign_in.created_session_id = Some(session.id.clone());
    rows::save(&mut visit.tx, sign_in, visit.now).await?;
    visit.take_session(&session, strategy.as_str()).await
}

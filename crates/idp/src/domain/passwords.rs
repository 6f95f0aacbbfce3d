//! Passwords of users.

use bailiwick_pg::Tx;

use super::{people, sessions, users};
use crate::error::Result;
use crate::instance::Idp;
use crate::model::user::Person;
use crate::{secrets, store};

/// Gives a user a new password of 100 random bits and ends all sessions, for an operator; the
/// password. The user is named by a verified address or by id; 404 where that is nobody.
pub async fn reset(idp: &Idp, name: &str) -> Result<String> {
    let password = crate::secrets::opaque(idp.env())
        .chars()
        .take(17)
        .collect::<String>();
    let digest = idp.passwords().hash(&password).await?;
    let mut tx = idp.pool().begin().await?;
    let found = store::users::find_by_email(&mut tx, name).await?;
    let id = found.map_or_else(|| name.to_owned(), |(user_id, _)| user_id);
    let mut person = people::get_locked(&mut tx, &id).await?;
    person.user.password_digest = Some(digest);
    person.user.password_updated_at = Some(store::now(idp.env()));
    person.user.failed_attempts = 0;
    person.user.locked_until = None;
    users::update(idp, &mut tx, &mut person).await?;
    sessions::revoke_all(idp, &mut tx, &id).await?;
    tx.commit().await?;
    Ok(password)
}

/// Stores the better digest that came of a right password, where one did: what another system made
/// is replaced the first time its owner signs in. The user is locked; nobody is told, since the
/// password is the same.
pub async fn upgrade(tx: &mut Tx, person: &mut Person, better: Option<String>) -> Result<()> {
    let was_compromised = is_compromised(person);
    let (Some(better), Some(old)) = (better, &person.user.password_digest) else {
        return Ok(());
    };
    if store::passwords::upgrade(tx, &person.user.id, old, &better).await? {
        person.user.password_digest = Some(better);
        // It is the same password.
        if was_compromised {
            set_compromised(tx, person, true).await?;
        }
    }
    Ok(())
}

/// Whether the password of a person must not be used any longer. The mark names the digest, so
/// that it says nothing about the next password.
#[must_use]
pub fn is_compromised(person: &Person) -> bool {
    let digest = person.user.password_digest.as_deref();
    let mark = person.factors.password_compromised_mark.as_deref();
    mark.is_some() && mark == digest.map(secrets::digest).as_deref()
}

/// Says of the password of a locked user whether it must be replaced. The caller says that the
/// user has changed.
pub async fn set_compromised(tx: &mut Tx, person: &mut Person, is_compromised: bool) -> Result<()> {
    let digest = person.user.password_digest.as_deref();
    person.factors.password_compromised_mark =
        digest.filter(|_| is_compromised).map(secrets::digest);
    store::factors::save(tx, &person.user.id, &person.factors).await
}

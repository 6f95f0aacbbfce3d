//! Passwords of users.

use bailiwick_pg::Tx;

use crate::error::Result;
use crate::model::user::Person;
use crate::{secrets, store};

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

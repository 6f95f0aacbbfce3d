//! Passwords of users.

use bailiwick_pg::Tx;

use crate::error::Result;
use crate::model::user::Person;
use crate::store;

/// Stores the better digest that came of a right password, where one did: what another system made
/// is replaced the first time its owner signs in. The user is locked; nobody is told, since the
/// password is the same.
pub async fn upgrade(tx: &mut Tx, person: &mut Person, better: Option<String>) -> Result<()> {
    let (Some(better), Some(old)) = (better, &person.user.password_digest) else {
        return Ok(());
    };
    if store::passwords::upgrade(tx, &person.user.id, old, &better).await? {
        person.user.password_digest = Some(better);
    }
    Ok(())
}

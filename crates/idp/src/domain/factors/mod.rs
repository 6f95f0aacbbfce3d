//! Second factors: set up, asked for, given up.

mod ask;
pub mod backup_codes;
mod given;
mod judge;
mod offered;
mod otp;
pub mod totp;

pub use ask::{Asked, ask};
pub use given::Given;
pub use judge::judge;
pub use offered::{are_demanded, offered};

use bailiwick_pg::Tx;

use super::{people, users};
use crate::error::Result;
use crate::instance::Idp;
use crate::model::user::Person;
use crate::store::{self, backup_codes as code_rows, factors, phones, totps};

/// Takes note that factors of a locked user came or went, and says so. With the last second
/// factor go the backup codes: they stand in for another.
pub async fn changed(idp: &Idp, tx: &mut Tx, person: &mut Person) -> Result<()> {
    let now = store::now(idp.env());
    reload(tx, person).await?;
    let has_any = person.has_second_factor();
    if !has_any && person.factors.has_backup_codes {
        code_rows::delete(tx, &person.user.id).await?;
        person.factors.has_backup_codes = false;
    }
    let had_any = person.factors.mfa_enabled_at > person.factors.mfa_disabled_at;
    if has_any && !had_any {
        // Neither instant is taken back, and the later one tells how it stands.
        let before = person.factors.mfa_disabled_at;
        person.factors.mfa_enabled_at = Some(before.map_or(now, |at| store::after(at, now)));
    } else if !has_any && had_any {
        let before = person.factors.mfa_enabled_at;
        person.factors.mfa_disabled_at = Some(before.map_or(now, |at| store::after(at, now)));
    }
    factors::save(tx, &person.user.id, &person.factors).await?;
    users::update(idp, tx, person).await
}

/// Takes all second factors away from a locked user, and says so. Numbers stay, as numbers.
pub async fn remove_all(idp: &Idp, tx: &mut Tx, person: &mut Person) -> Result<()> {
    let now = store::now(idp.env());
    totps::delete(tx, &person.user.id).await?;
    code_rows::delete(tx, &person.user.id).await?;
    for phone in &mut person.phones {
        if phone.reserved_for_second_factor {
            phone.reserved_for_second_factor = false;
            phone.default_second_factor = false;
            // Meanwhile somebody else may be told apart by it.
            if store::users::find_by_phone(tx, &phone.number)
                .await?
                .is_some()
            {
                phone.verified_at = None;
            }
            phones::save(tx, phone, now).await?;
        }
    }
    changed(idp, tx, person).await
}

async fn reload(tx: &mut Tx, person: &mut Person) -> Result<()> {
    if let Some(loaded) = people::find(tx, &person.user.id).await? {
        person.factors = loaded.factors;
    }
    Ok(())
}

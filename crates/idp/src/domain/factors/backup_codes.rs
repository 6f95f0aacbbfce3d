//! Backup codes: ten at a time, each good for one sign-in.

use bailiwick_kernel::Env;
use bailiwick_pg::Tx;

use crate::error::Result;
use crate::instance::Idp;
use crate::store::{self, backup_codes as rows};

/// How many a user gets.
const COUNT: usize = 10;
/// Letters and digits of one: 40 bits, against twenty attempts in a quarter of an hour.
const LENGTH: usize = 8;
/// Of the longest that somebody brings along from elsewhere.
pub(super) const LONGEST: usize = 64;

/// Gives a locked user new codes in place of all old ones. They are shown once: only keyed
/// hashes are kept.
pub async fn renew(idp: &Idp, tx: &mut Tx, user_id: &str) -> Result<Vec<String>> {
    rows::delete(tx, user_id).await?;
    let mut codes: Vec<String> = Vec::with_capacity(COUNT);
    while codes.len() < COUNT {
        let code = random(idp.env());
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    keep(idp, tx, user_id, &codes).await?;
    Ok(codes)
}

/// Gives a user who has none these codes, as [`plain`] writes them.
pub(super) async fn keep(idp: &Idp, tx: &mut Tx, user_id: &str, codes: &[String]) -> Result<()> {
    let digests: Vec<String> = codes
        .iter()
        .map(|code| digest(idp, user_id, code))
        .collect();
    rows::insert(tx, user_id, &digests, store::now(idp.env())).await
}

/// A code without what people put between its characters, and in small letters.
pub(super) fn plain(code: &str) -> String {
    code.chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .take(LONGEST + 1)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

/// Spends a code; whether it was an unspent one of this user.
pub async fn spend(idp: &Idp, tx: &mut Tx, user_id: &str, code: &str) -> Result<bool> {
    let code = plain(code);
    rows::spend(
        tx,
        user_id,
        &digest(idp, user_id, &code),
        store::now(idp.env()),
    )
    .await
}

fn digest(idp: &Idp, user_id: &str, code: &str) -> String {
    idp.codes().digest(&format!("backup_code\0{user_id}"), code)
}

/// 32 characters that are not mistaken for each other, each as likely as any other.
fn random(env: &Env) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";
    env.bytes::<LENGTH>()
        .iter()
        .map(|byte| char::from(ALPHABET[usize::from(byte & 31)]))
        .collect()
}

//! What nobody needs any more, removed in bounded bites.

use bailiwick_pg::{Tx, sql};
use jiff::{SignedDuration, Timestamp};

use crate::error::Result;

sql! {
    /// Attempts to sign up that are over.
    SIGN_UPS(TIMESTAMPTZ, INT8) = "
        delete from idp.sign_ups where id in (
            select id from idp.sign_ups where abandon_at < $1 order by abandon_at limit $2
            for update skip locked)";
    /// Attempts to sign in that are over.
    SIGN_INS(TIMESTAMPTZ, INT8) = "
        delete from idp.sign_ins where id in (
            select id from idp.sign_ins where abandon_at < $1 order by abandon_at limit $2
            for update skip locked)";
    /// Verifications that nothing refers to.
    VERIFICATIONS(TIMESTAMPTZ, INT8) = "
        delete from idp.verifications where id in (
            select v.id from idp.verifications v
            where v.created_at < $1
              and not exists (select 1 from idp.email_addresses e where e.verification_id = v.id)
              and not exists (select 1 from idp.phone_numbers p where p.verification_id = v.id)
              and not exists (select 1 from idp.sign_ups s where s.email_verification_id = v.id)
              and not exists (select 1 from idp.sign_ups s where s.phone_verification_id = v.id)
              and not exists (select 1 from idp.sign_ins s
                              where s.first_factor_verification_id = v.id)
              and not exists (select 1 from idp.sign_ins s
                              where s.second_factor_verification_id = v.id)
              and not exists (select 1 from idp.reverifications r
                              where r.first_factor_verification_id = v.id)
              and not exists (select 1 from idp.reverifications r
                              where r.second_factor_verification_id = v.id)
            order by v.created_at limit $2 for update skip locked)";
    /// Ways to providers that nobody goes on with.
    OAUTH_FLOWS(TIMESTAMPTZ, INT8) = "
        delete from idp.oauth_flows where id in (
            select id from idp.oauth_flows where created_at < $1 order by created_at limit $2
            for update skip locked)";
    /// Accounts at providers that were never connected.
    EXTERNAL_ACCOUNTS(TIMESTAMPTZ, INT8) = "
        delete from idp.external_accounts where id in (
            select id from idp.external_accounts where status <> 'verified' and expire_at < $1
            order by expire_at limit $2 for update skip locked)";
    /// Sessions that ended long ago.
    SESSIONS(TIMESTAMPTZ, INT8) = "
        delete from idp.sessions where id in (
            select id from idp.sessions where expire_at < $1 order by expire_at limit $2
            for update skip locked)";
    /// Browsers that were not seen for long and have nothing left.
    CLIENTS(TIMESTAMPTZ, INT8) = "
        delete from idp.clients where id in (
            select c.id from idp.clients c
            where c.updated_at < $1
              and not exists (select 1 from idp.sessions s where s.client_id = c.id)
            order by c.updated_at limit $2 for update skip locked)";
    /// Tokens that can no longer sign anybody in.
    LOGIN_TOKENS(TIMESTAMPTZ, INT8) = "
        delete from idp.login_tokens where id in (
            select id from idp.login_tokens where expires_at < $1 order by expires_at limit $2
            for update skip locked)";
    /// Tokens of machines that are past their end.
    M2M_TOKENS(TIMESTAMPTZ, INT8) = "
        delete from idp.m2m_tokens where id in (
            select id from idp.m2m_tokens where expires_at < $1 order by expires_at limit $2
            for update skip locked)";
    /// Codes of applications that are past their end.
    OAUTH_CODES(TIMESTAMPTZ, INT8) = "
        delete from idp.oauth_codes where code_digest in (
            select code_digest from idp.oauth_codes where expires_at < $1 order by expires_at limit $2
            for update skip locked)";
    /// Tokens of applications that are over and get no next one.
    OAUTH_TOKENS(TIMESTAMPTZ, INT8) = "
        delete from idp.oauth_tokens where id in (
            select id from idp.oauth_tokens where expires_at < $1
              and (revoked or refresh_digest is null) order by expires_at limit $2
            for update skip locked)";
}

/// Rows of one table that one bite removes: short locks, small transactions.
const BITE: i64 = 500;
/// Ended sessions stay visible to the Backend API for this long after their expiry.
const KEEP_SESSIONS: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Browsers without sessions are remembered for this long.
const KEEP_CLIENTS: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Verifications outlive their attempts by at most this.
const KEEP_VERIFICATIONS: SignedDuration = SignedDuration::from_hours(48);

/// Tokens past their end stay visible to the Backend API for this long.
const KEEP_TOKENS: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Removes one bite of each kind; how many rows went. Zero means that nothing is left to remove.
pub async fn bite(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    let before = |age: SignedDuration| now.saturating_sub(age).unwrap_or(Timestamp::MIN);
    let mut removed = 0;
    for (statement, limit) in [
        (&SIGN_UPS, now),
        (&SIGN_INS, now),
        (&VERIFICATIONS, before(KEEP_VERIFICATIONS)),
        (&OAUTH_FLOWS, before(KEEP_VERIFICATIONS)),
        (&EXTERNAL_ACCOUNTS, before(KEEP_VERIFICATIONS)),
        (&SESSIONS, before(KEEP_SESSIONS)),
        (&CLIENTS, before(KEEP_CLIENTS)),
        (&LOGIN_TOKENS, before(KEEP_TOKENS)),
        (&M2M_TOKENS, before(KEEP_TOKENS)),
        (&OAUTH_CODES, before(KEEP_TOKENS)),
        (&OAUTH_TOKENS, before(KEEP_TOKENS)),
    ] {
        removed += tx.execute(statement, &[&limit, &BITE]).await?;
    }
    Ok(removed)
}

//! Ids as Clerk makes them: a prefix that names the kind, then 27 base62 characters that sort by
//! creation time (a KSUID: 32 bits of seconds, 128 random bits).

use aws_lc_rs::digest;
use bailiwick_kernel::Env;

/// Seconds between the Unix epoch and that of KSUIDs.
const KSUID_EPOCH: i64 = 1_400_000_000;
const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const LENGTH: usize = 27;

/// What an id is the id of; the prefix is part of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `client_…`, a browser.
    Client,
    /// `idn_…`, an e-mail address or phone number.
    Identification,
    /// `ins_…`, an instance; signing keys too.
    Instance,
    /// `org_…`; browsers tell an id from a slug by this prefix.
    Organization,
    /// `orgmem_…`.
    Membership,
    /// `orginv_…`, an invitation to an organization.
    OrganizationInvitation,
    /// `inv_…`, an invitation to the application.
    Invitation,
    /// `role_…`.
    Role,
    /// `perm_…`, what a role allows.
    Permission,
    /// `role_set_…`, the roles that an organization chooses from.
    RoleSet,
    /// `orgdmn_…`, a domain of an organization.
    OrganizationDomain,
    /// `orgsug_…`, an organization that somebody could join.
    Suggestion,
    /// `sess_…`.
    Session,
    /// `sia_…`, an attempt to sign in.
    SignIn,
    /// `sua_…`, an attempt to sign up.
    SignUp,
    /// `sit_…`, a token that signs one in.
    SignInToken,
    /// `act_…`, a token to impersonate somebody.
    ActorToken,
    /// `user_…`.
    User,
    /// `ver_…`, a verification.
    Verification,
    /// `eac_…`, an account at another provider.
    ExternalAccount,
    /// `totp_…`, an authenticator application.
    Totp,
    /// `jtmp_…`, a template of tokens.
    JwtTemplate,
    /// `backup_code_…`, a set of backup codes.
    BackupCodes,
    /// `img_…`, an uploaded picture.
    Image,
    /// `wle_…`, somebody who asked to be let in.
    WaitlistEntry,
    /// `ru_…`, an address that links may lead to.
    RedirectUrl,
    /// `cplan_…`, a plan.
    Plan,
    /// `feat_…`, what plans grant.
    Feature,
    /// `cprice_…`, of a plan.
    Price,
    /// `cpayer_…`, who pays.
    Payer,
    /// `csub_…`, a payer's subscription.
    Subscription,
    /// `csub_item_…`, a plan that a payer is on.
    SubscriptionItem,
    /// `cchk_…`, an offer.
    Checkout,
    /// `cpm_…`, a card.
    PaymentMethod,
    /// `cpayment_…`.
    Payment,
    /// `cpayatt_…`, an attempt to be paid.
    PaymentAttempt,
    /// `cstmt_…`, what was paid in a month.
    Statement,
    /// `ccred_…`, an entry of a payer's credits.
    Credit,
    /// `msg_…`, a webhook message.
    Message,
    /// `ep_…`, a webhook endpoint.
    Endpoint,
    /// `alid_…`, somebody who may sign up.
    AllowlistIdentifier,
    /// `blid_…`, somebody who may not.
    BlocklistIdentifier,
    /// `mch_…`, a machine that calls others.
    Machine,
    /// `oa_…`, an application that asks users for access.
    OauthApplication,
    /// `agt_…`, a task of an agent.
    AgentTask,
    /// `proxchk_…`, a look at a proxy.
    ProxyCheck,
    /// `ema_…`, a mail.
    Email,
    /// `sms_…`, a text message.
    Sms,
}

impl Kind {
    /// The part of the id in front of the underscore.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Identification => "idn",
            Self::Instance => "ins",
            Self::Organization => "org",
            Self::Membership => "orgmem",
            Self::OrganizationInvitation => "orginv",
            Self::Invitation => "inv",
            Self::Role => "role",
            Self::Permission => "perm",
            Self::RoleSet => "role_set",
            Self::OrganizationDomain => "orgdmn",
            Self::Suggestion => "orgsug",
            Self::Session => "sess",
            Self::SignIn => "sia",
            Self::SignUp => "sua",
            Self::SignInToken => "sit",
            Self::ActorToken => "act",
            Self::User => "user",
            Self::Verification => "ver",
            Self::ExternalAccount => "eac",
            Self::Totp => "totp",
            Self::JwtTemplate => "jtmp",
            Self::BackupCodes => "backup_code",
            Self::Image => "img",
            Self::WaitlistEntry => "wle",
            Self::RedirectUrl => "ru",
            Self::Plan => "cplan",
            Self::Feature => "feat",
            Self::Price => "cprice",
            Self::Payer => "cpayer",
            Self::Subscription => "csub",
            Self::SubscriptionItem => "csub_item",
            Self::Checkout => "cchk",
            Self::PaymentMethod => "cpm",
            Self::Payment => "cpayment",
            Self::PaymentAttempt => "cpayatt",
            Self::Statement => "cstmt",
            Self::Credit => "ccred",
            Self::Message => "msg",
            Self::Endpoint => "ep",
            Self::AllowlistIdentifier => "alid",
            Self::BlocklistIdentifier => "blid",
            Self::Machine => "mch",
            Self::OauthApplication => "oa",
            Self::AgentTask => "agt",
            Self::ProxyCheck => "proxchk",
            Self::Email => "ema",
            Self::Sms => "sms",
        }
    }
}

/// An id that comes of another one and leads nowhere.
#[must_use]
pub fn derived(kind: Kind, from: &str) -> String {
    let hash = digest::digest(&digest::SHA256, from.as_bytes());
    let mut random = [0; 16];
    random.copy_from_slice(&hash.as_ref()[..16]);
    // The same age as the original, whose first characters say it.
    let mut id = encode(kind.prefix(), 0, random);
    let age = from.split_once('_').and_then(|(_, rest)| rest.get(..5));
    if let Some(age) = age {
        let start = kind.prefix().len() + 1;
        id.replace_range(start..start + age.len(), age);
    }
    id
}

/// A new id of the given kind.
#[must_use]
pub fn new(env: &Env, kind: Kind) -> String {
    let seconds = u32::try_from(env.now().as_second() - KSUID_EPOCH).unwrap_or(0);
    encode(kind.prefix(), seconds, env.bytes::<16>())
}

/// A new id of the kinds that have 32 hexadecimal digits after their prefix: keys and tokens of
/// machines.
#[must_use]
pub fn hex(env: &Env, prefix: &str) -> String {
    format!("{prefix}_{}", hex::encode(env.bytes::<16>()))
}

fn encode(prefix: &str, seconds: u32, random: [u8; 16]) -> String {
    let mut number = [0_u8; 20];
    number[..4].copy_from_slice(&seconds.to_be_bytes());
    number[4..].copy_from_slice(&random);
    let mut digits = [b'0'; LENGTH];
    for digit in digits.iter_mut().rev() {
        let mut remainder = 0_u32;
        for byte in &mut number {
            let value = (remainder << 8) | u32::from(*byte);
            *byte = (value / 62) as u8;
            remainder = value % 62;
        }
        *digit = ALPHABET[remainder as usize];
    }
    let mut id = String::with_capacity(prefix.len() + 1 + LENGTH);
    id.push_str(prefix);
    id.push('_');
    id.extend(digits.iter().map(|digit| char::from(*digit)));
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodes_the_extremes_in_27_characters() {
        assert_eq!(
            encode("user", 0, [0; 16]),
            format!("user_{}", "0".repeat(27))
        );
        assert_eq!(
            encode("org", u32::MAX, [0xff; 16]),
            "org_aWgEPTl1tmebfsQzFP4bxwgy80V"
        );
    }

    #[test]
    fn sorts_by_time_whatever_the_random_part() {
        assert!(encode("u", 1, [0xff; 16]) < encode("u", 2, [0; 16]));
    }
}

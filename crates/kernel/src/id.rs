//! Identifiers: one type for each kind of thing, so that no signature can swap two of them.
//!
//! All are UUIDs (version 7 where we make them, see [`crate::Env::uuid`]). Their text is the
//! hyphenated form of 36 characters, written in lower case and read in either.

use std::fmt;

#[doc(hidden)]
pub use uuid::Uuid;

/// The text is not a hyphenated UUID of 36 characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id: expected a hyphenated UUID")]
pub struct InvalidId;

/// Reads the one text form that ids have; braces, URNs and the bare 32 digits are refused, so that
/// one thing has one address.
#[doc(hidden)]
pub fn parse_hyphenated(text: &str) -> Result<Uuid, InvalidId> {
    if text.len() != uuid::fmt::Hyphenated::LENGTH {
        return Err(InvalidId);
    }
    Uuid::try_parse(text).map_err(|_| InvalidId)
}

/// Reads a text of serde without owning it where the format lends it.
#[doc(hidden)]
pub struct TextVisitor;

impl serde::de::Visitor<'_> for TextVisitor {
    type Value = Uuid;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a hyphenated UUID")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Uuid, E> {
        parse_hyphenated(text).map_err(E::custom)
    }
}

/// Declares types of ids, each over a UUID. Who uses it names `serde`; `utoipa::ToSchema` is put
/// among the attributes where the id stands in an API.
#[macro_export]
macro_rules! ids {
    ($($(#[$attribute:meta])* $name:ident;)+) => {$(
        $(#[$attribute])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name($crate::id::Uuid);

        impl $name {
            /// The bare UUID, for statements and protocols.
            #[must_use]
            pub const fn uuid(self) -> $crate::id::Uuid {
                self.0
            }
        }

        impl From<$crate::id::Uuid> for $name {
            fn from(id: $crate::id::Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for $crate::id::Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(self.0.as_hyphenated(), f)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0.as_hyphenated())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::id::InvalidId;

            fn from_str(text: &str) -> Result<Self, $crate::id::InvalidId> {
                $crate::id::parse_hyphenated(text).map(Self)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                d.deserialize_str($crate::id::TextVisitor).map(Self)
            }
        }
    )+};
}

/// Our own, with a schema for the API's document.
macro_rules! our_ids {
    ($($(#[$doc:meta])* $name:ident;)+) => {
        ids! {$(
            $(#[$doc])*
            #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
            $name;
        )+}
    };
}

our_ids! {
    /// A person: `control.users.id`.
    UserId;
    /// An organization, and with it its tenant: `control.organizations.id`, `tenant_id` everywhere.
    OrgId;
    /// A user in an organization: `control.memberships.id`.
    MembershipId;
    /// A membership's projection inside the tenant: `members.id`, which equals the user's id.
    MemberId;
    /// A project of a tenant.
    ProjectId;
    /// A document of a tenant.
    DocumentId;
    /// Something of a tenant's that somebody asked for and somebody else decides on.
    ApprovalId;
    /// A job of the queue.
    JobId;
    /// One HTTP request, as its log lines and its answer name it.
    RequestId;
    /// A webhook received: its row in the inbox.
    InboxId;
    /// A fact in the audit.
    AuditId;
    /// Something to be done at the provider.
    IntentId;
    /// Somebody of the operators acting for a user.
    ImpersonationId;
    /// An invitation to an organization, by our own id.
    InvitationId;
}

impl From<UserId> for MemberId {
    fn from(user: UserId) -> Self {
        Self(user.0)
    }
}

impl From<MemberId> for UserId {
    fn from(member: MemberId) -> Self {
        Self(member.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "0191f3c8-7b1e-7c3a-9d2e-0a1b2c3d4e5f";

    #[test]
    fn reads_either_case_and_writes_lower() {
        let id: ProjectId = TEXT.to_uppercase().parse().unwrap();
        assert_eq!(id.to_string(), TEXT);
        assert_eq!(format!("{id:?}"), format!("ProjectId({TEXT})"));
    }

    #[test]
    fn refuses_every_other_spelling() {
        let bare = TEXT.replace('-', "");
        let braced = format!("{{{TEXT}}}");
        let urn = format!("urn:uuid:{TEXT}");
        let shifted = "0191f3c87-b1e-7c3a-9d2e-0a1b2c3d4e5f";
        for text in ["", "1", &bare, &braced, &urn, &format!(" {TEXT}"), shifted] {
            assert_eq!(text.parse::<UserId>(), Err(InvalidId), "{text:?}");
        }
    }

    #[test]
    fn json_is_the_text() {
        let id: OrgId = serde_json::from_str(&format!("\"{TEXT}\"")).unwrap();
        assert_eq!(serde_json::to_string(&id).unwrap(), format!("\"{TEXT}\""));
        assert!(serde_json::from_str::<OrgId>("7").is_err());
    }

    #[test]
    fn a_member_is_its_user() {
        let user: UserId = TEXT.parse().unwrap();
        assert_eq!(UserId::from(MemberId::from(user)), user);
    }
}

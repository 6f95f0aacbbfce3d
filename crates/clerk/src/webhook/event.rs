//! Events, typed where we act on them.

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::resources::{
    Deleted, Membership, Organization, OrganizationInvitation, Permission, Role, Session,
    Subscription, SubscriptionItem, User, millis,
};

/// One event and what surrounds it.
#[derive(Debug, Clone, PartialEq)]
pub struct Envelope {
    /// The type as sent, `user.created`.
    pub event_type: String,
    /// When it happened. Absent in some senders' events; order by the resource's `updated_at`, and
    /// deletions by this.
    pub timestamp: Option<Timestamp>,
    /// The instance that it is from.
    pub instance_id: Option<String>,
    /// What happened.
    pub event: Event,
}

/// What happened. Deleted memberships come in full, deleted users and organizations as their ids.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// `user.created`
    UserCreated(Box<User>),
    /// `user.updated`
    UserUpdated(Box<User>),
    /// `user.deleted`
    UserDeleted(Deleted),
    /// `session.created`
    SessionCreated(Box<Session>),
    /// `session.pending`
    SessionPending(Box<Session>),
    /// `session.ended`
    SessionEnded(Box<Session>),
    /// `session.removed`
    SessionRemoved(Box<Session>),
    /// `session.revoked`
    SessionRevoked(Box<Session>),
    /// `organization.created`
    OrganizationCreated(Box<Organization>),
    /// `organization.updated`
    OrganizationUpdated(Box<Organization>),
    /// `organization.deleted`
    OrganizationDeleted(Deleted),
    /// `organizationMembership.created`
    MembershipCreated(Box<Membership>),
    /// `organizationMembership.updated`
    MembershipUpdated(Box<Membership>),
    /// `organizationMembership.deleted`
    MembershipDeleted(Box<Membership>),
    /// `organizationInvitation.created`
    InvitationCreated(Box<OrganizationInvitation>),
    /// `organizationInvitation.accepted`
    InvitationAccepted(Box<OrganizationInvitation>),
    /// `organizationInvitation.revoked`
    InvitationRevoked(Box<OrganizationInvitation>),
    /// `role.created`
    RoleCreated(Box<Role>),
    /// `role.updated`
    RoleUpdated(Box<Role>),
    /// `role.deleted`
    RoleDeleted(Deleted),
    /// `permission.created`
    PermissionCreated(Box<Permission>),
    /// `permission.updated`
    PermissionUpdated(Box<Permission>),
    /// `permission.deleted`
    PermissionDeleted(Deleted),
    /// `subscription.*`: each says the whole state, whatever happened to it.
    Subscription(Box<Subscription>),
    /// `subscriptionItem.*`: the same of one plan.
    SubscriptionItem(Box<SubscriptionItem>),
    /// Any other type; kept as it came.
    Unknown {
        /// The type as sent.
        event_type: String,
        /// The data as sent.
        data: Value,
    },
}

/// A body that is no event, or an event of a known type without what makes it one.
#[derive(Debug, thiserror::Error)]
pub enum EventError {
    /// Not JSON, or without `type` and `data`.
    #[error("the body is no event")]
    Envelope(#[source] serde_json::Error),
    /// `data` is not what the type promises.
    #[error("the event {event_type} is malformed")]
    Data {
        /// The type as sent.
        event_type: String,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
}

#[derive(Deserialize)]
struct RawEnvelope {
    #[serde(rename = "type")]
    event_type: String,
    data: Value,
    #[serde(default, with = "millis")]
    timestamp: Option<Timestamp>,
    instance_id: Option<String>,
}

impl Envelope {
    /// Reads the body of a verified webhook. Unknown types are no errors.
    ///
    /// # Errors
    /// [`EventError`]: correctly signed and yet not understood.
    pub fn parse(raw_body: &[u8]) -> Result<Self, EventError> {
        let raw: RawEnvelope = serde_json::from_slice(raw_body).map_err(EventError::Envelope)?;
        let event = Event::read(&raw.event_type, raw.data).map_err(|source| EventError::Data {
            event_type: raw.event_type.clone(),
            source,
        })?;
        Ok(Self {
            event_type: raw.event_type,
            timestamp: raw.timestamp,
            instance_id: raw.instance_id,
            event,
        })
    }

    /// The time by which this event is ordered among those of its resource: the resource's last
    /// change, or for a deletion the event's own time. `signed_at` ([`super::Verified::timestamp`])
    /// stands in where the sender gave neither; it is later than the change, never earlier.
    #[must_use]
    pub fn changed_at(&self, signed_at: Timestamp) -> Timestamp {
        self.event
            .updated_at()
            .or(self.timestamp)
            .unwrap_or(signed_at)
    }
}

impl Event {
    /// The resource's last change. None for deletions, whose data is as old as the change before.
    fn updated_at(&self) -> Option<Timestamp> {
        match self {
            Self::UserCreated(user) | Self::UserUpdated(user) => user.updated_at,
            Self::SessionCreated(session)
            | Self::SessionPending(session)
            | Self::SessionEnded(session)
            | Self::SessionRemoved(session)
            | Self::SessionRevoked(session) => session.updated_at,
            Self::OrganizationCreated(org) | Self::OrganizationUpdated(org) => org.updated_at,
            Self::MembershipCreated(membership) | Self::MembershipUpdated(membership) => {
                membership.updated_at
            }
            Self::InvitationCreated(invitation)
            | Self::InvitationAccepted(invitation)
            | Self::InvitationRevoked(invitation) => invitation.updated_at,
            Self::RoleCreated(role) | Self::RoleUpdated(role) => role.updated_at,
            Self::PermissionCreated(permission) | Self::PermissionUpdated(permission) => {
                permission.updated_at
            }
            Self::Subscription(subscription) => subscription.updated_at,
            Self::SubscriptionItem(item) => item.updated_at,
            Self::UserDeleted(_)
            | Self::OrganizationDeleted(_)
            | Self::MembershipDeleted(_)
            | Self::RoleDeleted(_)
            | Self::PermissionDeleted(_)
            | Self::Unknown { .. } => None,
        }
    }

    fn read(event_type: &str, data: Value) -> Result<Self, serde_json::Error> {
        Ok(match event_type {
            "user.created" => Self::UserCreated(resource(data)?),
            "user.updated" => Self::UserUpdated(resource(data)?),
            "user.deleted" => Self::UserDeleted(serde_json::from_value(data)?),
            "session.created" => Self::SessionCreated(resource(data)?),
            "session.pending" => Self::SessionPending(resource(data)?),
            "session.ended" => Self::SessionEnded(resource(data)?),
            "session.removed" => Self::SessionRemoved(resource(data)?),
            "session.revoked" => Self::SessionRevoked(resource(data)?),
            "organization.created" => Self::OrganizationCreated(resource(data)?),
            "organization.updated" => Self::OrganizationUpdated(resource(data)?),
            "organization.deleted" => Self::OrganizationDeleted(serde_json::from_value(data)?),
            "organizationMembership.created" => Self::MembershipCreated(resource(data)?),
            "organizationMembership.updated" => Self::MembershipUpdated(resource(data)?),
            "organizationMembership.deleted" => Self::MembershipDeleted(resource(data)?),
            "organizationInvitation.created" => Self::InvitationCreated(resource(data)?),
            "organizationInvitation.accepted" => Self::InvitationAccepted(resource(data)?),
            "organizationInvitation.revoked" => Self::InvitationRevoked(resource(data)?),
            "role.created" => Self::RoleCreated(resource(data)?),
            "role.updated" => Self::RoleUpdated(resource(data)?),
            "role.deleted" => Self::RoleDeleted(serde_json::from_value(data)?),
            "permission.created" => Self::PermissionCreated(resource(data)?),
            "permission.updated" => Self::PermissionUpdated(resource(data)?),
            "permission.deleted" => Self::PermissionDeleted(serde_json::from_value(data)?),
            _ if event_type.starts_with("subscription.") => Self::Subscription(resource(data)?),
            _ if event_type.starts_with("subscriptionItem.") => {
                Self::SubscriptionItem(resource(data)?)
            }
            _ => Self::Unknown {
                event_type: event_type.to_owned(),
                data,
            },
        })
    }
}

fn resource<T: DeserializeOwned>(data: Value) -> Result<Box<T>, serde_json::Error> {
    serde_json::from_value(data).map(Box::new)
}

//! The mirror as a comparison with the provider reads it: many rows at once, by the provider's ids.

use bailiwick_pg::sql;
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use crate::{Result, Store};

/// How many rows are read at once, at most: two pages of the provider's lists.
pub const BATCH_MAX: usize = 1000;

sql! {
    /// Users by the provider's ids, also when deleted.
    USERS(TEXT_ARRAY) = "
        select clerk_user_id, email, full_name, avatar_url, clerk_metadata, clerk_updated_at, deleted_at is not null
        from control.users where clerk_user_id = any($1) limit 1000";
    /// Organizations by the provider's ids, also when deleted.
    ORGANIZATIONS(TEXT_ARRAY) = "
        select clerk_org_id, name, slug, image_url, clerk_updated_at, deleted_at is not null
        from control.organizations where clerk_org_id = any($1) limit 1000";
    /// Memberships by pairs of the provider's ids, whatever their status.
    MEMBERSHIPS(TEXT_ARRAY, TEXT_ARRAY) = "
        select o.clerk_org_id, u.clerk_user_id, m.clerk_membership_id, m.provider_role, m.clerk_updated_at,
               m.status = 'removed', o.deleted_at is not null or u.deleted_at is not null
        from unnest($1::text[], $2::text[]) as k (org, person)
        join control.organizations o on o.clerk_org_id = k.org
        join control.users u on u.clerk_user_id = k.person
        join control.memberships m on m.organization_id = o.id and m.user_id = u.id
        limit 1000";
    /// Invitations by the provider's ids, whatever their status.
    INVITATIONS(TEXT_ARRAY) = "
        select o.clerk_org_id, i.clerk_invitation_id, i.status, i.provider_role, i.clerk_updated_at,
               o.deleted_at is not null
        from control.invitations i join control.organizations o on o.id = i.organization_id
        where i.clerk_invitation_id = any($1) limit 1000";
    /// Whether an organization is still to change at the provider.
    IS_ORGANIZATION_ON_ITS_WAY(TEXT) = "
        select exists (
          select 1 from control.organizations o
          join control.outbound_intents i on i.subject = 'organization:' || o.id and i.state = 'pending'
          where o.clerk_org_id = $1)";
    /// Whether a membership is still to change at the provider.
    IS_MEMBERSHIP_ON_ITS_WAY(TEXT, TEXT) = "
        select exists (
          select 1 from control.organizations o
          join control.users u on u.clerk_user_id = $2
          join control.outbound_intents i on i.subject = 'member:' || o.id || ':' || u.id and i.state = 'pending'
          where o.clerk_org_id = $1)";
    /// Whether an invitation is still to change at the provider.
    IS_INVITATION_ON_ITS_WAY(TEXT) = "
        select exists (
          select 1 from control.invitations v
          join control.outbound_intents i on i.subject = 'invitation:' || v.id and i.state = 'pending'
          where v.clerk_invitation_id = $1)";
    /// Tombstones by the hashes of what they stand for.
    TOMBSTONES(TEXT, BYTEA_ARRAY) = "
        select key_hash, deleted_at from control.tombstones where kind = $1 and key_hash = any($2) limit 3000";
    /// Users here that the sweep has not met at the provider.
    USERS_LEFT(UUID, TEXT, INT8) = "
        select u.clerk_user_id, u.clerk_updated_at from control.users u
        left join (select unnest(p.keys) as key from control.sweep_pages p
                   where p.sweep_id = $1 and p.kind = 'user') met on met.key = u.clerk_user_id
        where met.key is null and u.deleted_at is null and u.clerk_user_id > $2
        order by u.clerk_user_id limit $3";
    /// Organizations here that the sweep has not met at the provider.
    ORGANIZATIONS_LEFT(UUID, TEXT, INT8) = "
        select o.clerk_org_id, o.clerk_updated_at from control.organizations o
        left join (select unnest(p.keys) as key from control.sweep_pages p
                   where p.sweep_id = $1 and p.kind = 'organization') met on met.key = o.clerk_org_id
        where met.key is null and o.deleted_at is null and o.clerk_org_id > $2
        order by o.clerk_org_id limit $3";
    /// Memberships here that the sweep has not met at the provider. What the provider never had is
    /// none of its business.
    MEMBERSHIPS_LEFT(UUID, TEXT, INT8) = "
        select o.clerk_org_id || ':' || u.clerk_user_id, m.clerk_updated_at
        from control.memberships m
        join control.organizations o on o.id = m.organization_id and o.deleted_at is null
        join control.users u on u.id = m.user_id and u.deleted_at is null
        left join (select unnest(p.keys) as key from control.sweep_pages p
                   where p.sweep_id = $1 and p.kind = 'membership') met
               on met.key = o.clerk_org_id || ':' || u.clerk_user_id
        where met.key is null and m.status <> 'removed' and m.clerk_membership_id is not null
          and o.clerk_org_id || ':' || u.clerk_user_id > $2
        order by 1 limit $3";
    /// Open invitations here that the sweep has not met at the provider. Those that it has not heard
    /// of yet are none of its business.
    INVITATIONS_LEFT(UUID, TEXT, INT8) = "
        select o.clerk_org_id || ':' || i.clerk_invitation_id, i.clerk_updated_at
        from control.invitations i
        join control.organizations o on o.id = i.organization_id and o.deleted_at is null
        left join (select unnest(p.keys) as key from control.sweep_pages p
                   where p.sweep_id = $1 and p.kind = 'invitation') met
               on met.key = o.clerk_org_id || ':' || i.clerk_invitation_id
        where met.key is null and i.status = 'pending' and i.clerk_invitation_id is not null
          and o.clerk_org_id || ':' || i.clerk_invitation_id > $2
        order by 1 limit $3";
    /// How many there are here, and how many of them the sweep has not met.
    COUNT_LEFT(UUID) = "
        select 'user', count(1), count(1) filter (where met.key is null)
        from control.users u
        left join (select unnest(p.keys) as key from control.sweep_pages p
                   where p.sweep_id = $1 and p.kind = 'user') met on met.key = u.clerk_user_id
        where u.deleted_at is null and u.clerk_user_id is not null
        union all
        select 'organization', count(1), count(1) filter (where met.key is null)
        from control.organizations o
        left join (select unnest(p.keys) as key from control.sweep_pages p
                   where p.sweep_id = $1 and p.kind = 'organization') met on met.key = o.clerk_org_id
        where o.deleted_at is null
        union all
        select 'membership', count(1), count(1) filter (where met.key is null)
        from control.memberships m
        join control.organizations o on o.id = m.organization_id and o.deleted_at is null
        join control.users u on u.id = m.user_id and u.deleted_at is null
        left join (select unnest(p.keys) as key from control.sweep_pages p
                   where p.sweep_id = $1 and p.kind = 'membership') met
               on met.key = o.clerk_org_id || ':' || u.clerk_user_id
        where m.status <> 'removed' and m.clerk_membership_id is not null";
}

/// A user as the mirror has them.
#[derive(Debug, Clone)]
pub struct MirroredUser {
    /// The provider's id.
    pub clerk_user_id: String,
    /// The verified primary e-mail.
    pub email: Option<String>,
    /// First and last name.
    pub full_name: Option<String>,
    /// A picture.
    pub avatar_url: Option<String>,
    /// Public metadata.
    pub metadata: Value,
    /// The provider's time of all this.
    pub updated_at: Timestamp,
    /// Deleted for good.
    pub is_deleted: bool,
}

/// An organization as the mirror has it.
#[derive(Debug, Clone)]
pub struct MirroredOrganization {
    /// The provider's id.
    pub clerk_org_id: String,
    /// Its name.
    pub name: String,
    /// Its slug.
    pub slug: String,
    /// A logo.
    pub image_url: Option<String>,
    /// The provider's time of all this.
    pub updated_at: Timestamp,
    /// Deleted for good.
    pub is_deleted: bool,
}

/// A membership as the mirror has it.
#[derive(Debug, Clone)]
pub struct MirroredMembership {
    /// The provider's id of the organization.
    pub clerk_org_id: String,
    /// The provider's id of the user.
    pub clerk_user_id: String,
    /// The provider's id of the membership.
    pub clerk_membership_id: Option<String>,
    /// What the provider called the role when it last said so.
    pub provider_role: String,
    /// The provider's time of all this.
    pub updated_at: Timestamp,
    /// Ended; it may begin anew.
    pub is_removed: bool,
    /// The user or the organization is deleted for good.
    pub is_gone: bool,
}

/// An invitation as the mirror has it.
#[derive(Debug, Clone)]
pub struct MirroredInvitation {
    /// The provider's id of the organization.
    pub clerk_org_id: String,
    /// The provider's id.
    pub clerk_invitation_id: String,
    /// Its state.
    pub status: String,
    /// What the provider called the role when it last said so.
    pub provider_role: String,
    /// The provider's time of all this.
    pub updated_at: Timestamp,
    /// The organization is deleted for good.
    pub is_gone: bool,
}

/// Something here that a sweep has not met at the provider.
#[derive(Debug, Clone)]
pub struct Left {
    /// The provider's id; of a membership the organization's and the user's, of an invitation the
    /// organization's and its own, with a colon between.
    pub key: String,
    /// The provider's time of what is here.
    pub updated_at: Timestamp,
}

/// How much of a kind a sweep has not met.
#[derive(Debug, Clone)]
pub struct LeftCount {
    /// `user`, `organization` or `membership`.
    pub kind: String,
    /// How many there are here.
    pub total: i64,
    /// How many of them were not met.
    pub left: i64,
}

impl Store {
    /// Users by the provider's ids, at most [`BATCH_MAX`]; unknown ones are absent.
    ///
    /// # Errors
    /// The database's.
    pub async fn mirrored_users(&self, ids: &[&str]) -> Result<Vec<MirroredUser>> {
        let rows = self.pool().query(&USERS, &[&ids]).await?;
        rows.into_iter()
            .map(|row| {
                Ok(MirroredUser {
                    clerk_user_id: row.try_get(0)?,
                    email: row.try_get(1)?,
                    full_name: row.try_get(2)?,
                    avatar_url: row.try_get(3)?,
                    metadata: row.try_get(4)?,
                    updated_at: row.try_get(5)?,
                    is_deleted: row.try_get(6)?,
                })
            })
            .collect()
    }

    /// Organizations by the provider's ids, at most [`BATCH_MAX`]; unknown ones are absent.
    ///
    /// # Errors
    /// The database's.
    pub async fn mirrored_organizations(&self, ids: &[&str]) -> Result<Vec<MirroredOrganization>> {
        let rows = self.pool().query(&ORGANIZATIONS, &[&ids]).await?;
        rows.into_iter()
            .map(|row| {
                Ok(MirroredOrganization {
                    clerk_org_id: row.try_get(0)?,
                    name: row.try_get(1)?,
                    slug: row.try_get(2)?,
                    image_url: row.try_get(3)?,
                    updated_at: row.try_get(4)?,
                    is_deleted: row.try_get(5)?,
                })
            })
            .collect()
    }

    /// Memberships by the provider's ids of organization and user, at most [`BATCH_MAX`]; unknown
    /// ones are absent.
    ///
    /// # Errors
    /// The database's.
    pub async fn mirrored_memberships(
        &self,
        orgs: &[&str],
        users: &[&str],
    ) -> Result<Vec<MirroredMembership>> {
        let rows = self.pool().query(&MEMBERSHIPS, &[&orgs, &users]).await?;
        rows.into_iter()
            .map(|row| {
                Ok(MirroredMembership {
                    clerk_org_id: row.try_get(0)?,
                    clerk_user_id: row.try_get(1)?,
                    clerk_membership_id: row.try_get(2)?,
                    provider_role: row.try_get(3)?,
                    updated_at: row.try_get(4)?,
                    is_removed: row.try_get(5)?,
                    is_gone: row.try_get(6)?,
                })
            })
            .collect()
    }

    /// Invitations by the provider's ids, at most [`BATCH_MAX`]; unknown ones are absent.
    ///
    /// # Errors
    /// The database's.
    pub async fn mirrored_invitations(&self, ids: &[&str]) -> Result<Vec<MirroredInvitation>> {
        let rows = self.pool().query(&INVITATIONS, &[&ids]).await?;
        rows.into_iter()
            .map(|row| {
                Ok(MirroredInvitation {
                    clerk_org_id: row.try_get(0)?,
                    clerk_invitation_id: row.try_get(1)?,
                    status: row.try_get(2)?,
                    provider_role: row.try_get(3)?,
                    updated_at: row.try_get(4)?,
                    is_gone: row.try_get(5)?,
                })
            })
            .collect()
    }

    /// Whether something was decided about an organization and is not done at the provider yet.
    ///
    /// # Errors
    /// The database's.
    pub async fn is_organization_on_its_way(&self, clerk_org_id: &str) -> Result<bool> {
        let row = self
            .pool()
            .query_one(&IS_ORGANIZATION_ON_ITS_WAY, &[&clerk_org_id])
            .await?;
        row.try_get(0)
    }

    /// Whether something was decided about a membership and is not done at the provider yet.
    ///
    /// # Errors
    /// The database's.
    pub async fn is_membership_on_its_way(
        &self,
        clerk_org_id: &str,
        clerk_user_id: &str,
    ) -> Result<bool> {
        let row = self
            .pool()
            .query_one(&IS_MEMBERSHIP_ON_ITS_WAY, &[&clerk_org_id, &clerk_user_id])
            .await?;
        row.try_get(0)
    }

    /// Whether something was decided about an invitation and is not done at the provider yet.
    ///
    /// # Errors
    /// The database's.
    pub async fn is_invitation_on_its_way(&self, clerk_invitation_id: &str) -> Result<bool> {
        let row = self
            .pool()
            .query_one(&IS_INVITATION_ON_ITS_WAY, &[&clerk_invitation_id])
            .await?;
        row.try_get(0)
    }

    /// When the things with these hashes were deleted; those that were not are absent.
    ///
    /// # Errors
    /// The database's.
    pub async fn tombstones(
        &self,
        kind: crate::tombstones::Kind,
        hashes: &[Vec<u8>],
    ) -> Result<Vec<(Vec<u8>, Timestamp)>> {
        let kind = kind.as_str();
        let rows = self.pool().query(&TOMBSTONES, &[&kind, &hashes]).await?;
        rows.into_iter()
            .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
            .collect()
    }

    /// What is here of `kind` (`user`, `organization`, `invitation`, anything else is a membership)
    /// and was not met by `sweep`, behind the key `after`.
    ///
    /// # Errors
    /// The database's.
    pub async fn left_by_sweep(
        &self,
        sweep: Uuid,
        kind: &str,
        after: &str,
        limit: i64,
    ) -> Result<Vec<Left>> {
        let statement = match kind {
            "user" => &USERS_LEFT,
            "organization" => &ORGANIZATIONS_LEFT,
            "invitation" => &INVITATIONS_LEFT,
            _ => &MEMBERSHIPS_LEFT,
        };
        let rows = self
            .pool()
            .query(statement, &[&sweep, &after, &limit])
            .await?;
        rows.into_iter()
            .map(|row| {
                Ok(Left {
                    key: row.try_get(0)?,
                    updated_at: row.try_get(1)?,
                })
            })
            .collect()
    }

    /// How much was not met by `sweep`, by kind.
    ///
    /// # Errors
    /// The database's.
    pub async fn count_left_by_sweep(&self, sweep: Uuid) -> Result<Vec<LeftCount>> {
        let rows = self.pool().query(&COUNT_LEFT, &[&sweep]).await?;
        rows.into_iter()
            .map(|row| {
                Ok(LeftCount {
                    kind: row.try_get(0)?,
                    total: row.try_get(1)?,
                    left: row.try_get(2)?,
                })
            })
            .collect()
    }
}

//! Who is asking, from where: one statement for the whole context of a request.

use bailiwick_kernel::id::{MembershipId, OrgId, UserId};
use bailiwick_pg::{Row, Schema, sql};

use crate::tenant::Placement;
use crate::{Result, Store};

sql! {
    /// A user by provider id, with the organization that the token names, the membership in it
    /// and the placement of its tenant.
    RESOLVE(TEXT, TEXT) = "
        select u.id, u.is_active and u.deleted_at is null, u.platform_role, u.version,
               o.id, o.name, o.slug, o.tier, o.provisioning_status,
               m.id, m.role, m.status, m.version,
               p.schema_name, p.epoch, o.clerk_org_id, m.grants, o.tier_wanted
        from control.users u
        left join control.organizations o on o.clerk_org_id = $2 and o.deleted_at is null
        left join control.memberships m on m.user_id = u.id and m.organization_id = o.id
        left join control.placements p on p.organization_id = o.id
        where u.clerk_user_id = $1";
    /// The same with the organization named by our own id.
    RESOLVE_ORG(TEXT, UUID) = "
        select u.id, u.is_active and u.deleted_at is null, u.platform_role, u.version,
               o.id, o.name, o.slug, o.tier, o.provisioning_status,
               m.id, m.role, m.status, m.version,
               p.schema_name, p.epoch, o.clerk_org_id, m.grants, o.tier_wanted
        from control.users u
        left join control.organizations o on o.id = $2 and o.deleted_at is null
        left join control.memberships m on m.user_id = u.id and m.organization_id = o.id
        left join control.placements p on p.organization_id = o.id
        where u.clerk_user_id = $1";
}

/// What the mirror says about a verified caller.
#[derive(Debug, Clone)]
pub struct Context {
    /// The user.
    pub user: UserId,
    /// Neither deactivated nor deleted.
    pub is_active: bool,
    /// `none`, `admin_staff` or `super_admin`.
    pub platform_role: String,
    /// The user's version: moves with every change of what the user may do.
    pub user_version: i64,
    /// The organization that was asked for, where it exists.
    pub organization: Option<ContextOrg>,
}

/// The organization of a context.
#[derive(Debug, Clone)]
pub struct ContextOrg {
    /// Its id, which is the tenant's.
    pub id: OrgId,
    /// The provider's id.
    pub clerk_org_id: String,
    /// Its name.
    pub name: String,
    /// Its slug.
    pub slug: String,
    /// `starter` or `pro`: where its tenant lives.
    pub tier: String,
    /// The same: what its plan gives it.
    pub tier_wanted: String,
    /// State of provisioning, as written in the API.
    pub provisioning_status: String,
    /// The caller's membership, whatever its status.
    pub membership: Option<ContextMembership>,
    /// The tenant's home, once it is ready.
    pub placement: Option<Placement>,
}

/// The caller's membership.
#[derive(Debug, Clone)]
pub struct ContextMembership {
    /// Its id.
    pub id: MembershipId,
    /// The org role's key.
    pub role: String,
    /// `active`, `suspended`, `pending` or `removed`.
    pub status: String,
    /// Moves with every change.
    pub version: i64,
    /// What it was granted beside its role, as stored.
    pub grants: serde_json::Value,
}

impl Store {
    /// The context of `clerk_user_id` in `clerk_org_id` (none: no organization). `None` where the
    /// user is unknown.
    ///
    /// # Errors
    /// The database's.
    pub async fn resolve(
        &self,
        clerk_user_id: &str,
        clerk_org_id: Option<&str>,
    ) -> Result<Option<Context>> {
        let row = self
            .app
            .query_opt(&RESOLVE, &[&clerk_user_id, &clerk_org_id])
            .await?;
        row.map(decode).transpose()
    }

    /// The context of `clerk_user_id` in the organization `org`.
    ///
    /// # Errors
    /// The database's.
    pub async fn resolve_in(&self, clerk_user_id: &str, org: OrgId) -> Result<Option<Context>> {
        let row = self
            .app
            .query_opt(&RESOLVE_ORG, &[&clerk_user_id, &org.uuid()])
            .await?;
        row.map(decode).transpose()
    }
}

fn decode(row: Row) -> Result<Context> {
    let organization = match row.try_get::<_, Option<uuid::Uuid>>(4)? {
        None => None,
        Some(id) => Some(decode_org(&row, OrgId::from(id))?),
    };
    Ok(Context {
        user: UserId::from(row.try_get::<_, uuid::Uuid>(0)?),
        is_active: row.try_get(1)?,
        platform_role: row.try_get(2)?,
        user_version: row.try_get(3)?,
        organization,
    })
}

fn decode_org(row: &Row, id: OrgId) -> Result<ContextOrg> {
    let membership = match row.try_get::<_, Option<uuid::Uuid>>(9)? {
        None => None,
        Some(id) => Some(ContextMembership {
            id: MembershipId::from(id),
            role: row.try_get(10)?,
            status: row.try_get(11)?,
            version: row.try_get(12)?,
            grants: row.try_get(16)?,
        }),
    };
    let placement = match row.try_get::<_, Option<&str>>(13)? {
        None => None,
        Some(schema) => Some(Placement {
            tenant: id,
            schema: Schema::new(schema).map_err(|e| crate::Error::Config(e.to_string()))?,
            epoch: row.try_get(14)?,
        }),
    };
    Ok(ContextOrg {
        id,
        clerk_org_id: row.try_get(15)?,
        name: row.try_get(5)?,
        slug: row.try_get(6)?,
        tier: row.try_get(7)?,
        tier_wanted: row.try_get(17)?,
        provisioning_status: row.try_get(8)?,
        membership,
        placement,
    })
}

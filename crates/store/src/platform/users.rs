//! People, as those who operate the installation see them.

use bailiwick_kernel::id::{OrgId, UserId};
use bailiwick_pg::{Row, sql};
use jiff::Timestamp;
use uuid::Uuid;

use crate::{Result, Store};

/// One row of [`Account`].
macro_rules! columns {
    () => {
        "id, clerk_user_id, email, emails, full_name, avatar_url, platform_role, is_active, deleted_at,
         deletion_reason, migration_status, last_active_at, clerk_updated_at, created_at"
    };
}

sql! {
    /// A person by our id, also when deleted.
    FIND(UUID) = concat!("select ", columns!(), " from control.users where id = $1");
    /// By the provider's.
    FIND_BY_CLERK_ID(TEXT) = concat!("select ", columns!(), " from control.users where clerk_user_id = $1");
    /// Everybody who is known under an address, as the primary one or another.
    LIST_BY_EMAIL(TEXT) = concat!(
        "select ", columns!(), " from control.users
         where deleted_at is null and (lower(email) = lower($1) or emails @> array[lower($1)]) order by id limit 20"
    );
    /// Where a person belongs, or did.
    MEMBERSHIPS(UUID) = "
        select o.id, o.name, o.slug, o.deleted_at, m.role, m.status, m.joined_at, m.updated_at
        from control.memberships m join control.organizations o on o.id = m.organization_id
        where m.user_id = $1 order by m.joined_at desc, o.id limit 100";
}

/// A person, with all that says how their account is.
#[derive(Debug, Clone)]
pub struct Account {
    /// Our id.
    pub id: UserId,
    /// The provider's id; none while the row waits for its owner.
    pub clerk_user_id: Option<String>,
    /// The verified primary e-mail.
    pub email: Option<String>,
    /// Every verified e-mail, in lower case.
    pub emails: Vec<String>,
    /// First and last name.
    pub full_name: Option<String>,
    /// A picture.
    pub avatar_url: Option<String>,
    /// `none`, `admin_staff` or `super_admin`.
    pub platform_role: String,
    /// Not deactivated.
    pub is_active: bool,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
    /// And why.
    pub deletion_reason: Option<String>,
    /// `pending`, `invited` or `completed`, where migration or an invitation made the row.
    pub migration_status: Option<String>,
    /// The last sign of life.
    pub last_active_at: Option<Timestamp>,
    /// The provider's time of what we know.
    pub clerk_updated_at: Timestamp,
    /// When we first saw them.
    pub created_at: Timestamp,
}

/// Where a person belongs, or did.
#[derive(Debug, Clone)]
pub struct Belonging {
    /// The organization.
    pub org: OrgId,
    /// Its name.
    pub name: String,
    /// Its slug.
    pub slug: String,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
    /// The org role's key.
    pub role: String,
    /// `active`, `suspended`, `pending` or `removed`.
    pub status: String,
    /// Since when.
    pub joined_at: Timestamp,
    /// When it changed last.
    pub updated_at: Timestamp,
}

impl Store {
    /// The person of an id, also when deleted.
    ///
    /// # Errors
    /// The database's.
    pub async fn find_account(&self, id: UserId) -> Result<Option<Account>> {
        let row = self.pool().query_opt(&FIND, &[&id.uuid()]).await?;
        row.as_ref().map(decode).transpose()
    }

    /// The person of the provider's id, also when deleted.
    ///
    /// # Errors
    /// The database's.
    pub async fn find_account_of(&self, clerk_user_id: &str) -> Result<Option<Account>> {
        let row = self
            .pool()
            .query_opt(&FIND_BY_CLERK_ID, &[&clerk_user_id])
            .await?;
        row.as_ref().map(decode).transpose()
    }

    /// Everybody who is known under an address, twenty at most; nobody who is deleted.
    ///
    /// # Errors
    /// The database's.
    pub async fn accounts_with(&self, email: &str) -> Result<Vec<Account>> {
        let rows = self.pool().query(&LIST_BY_EMAIL, &[&email]).await?;
        rows.iter().map(decode).collect()
    }

    /// Where a person belongs or did, the newest first, a hundred at most.
    ///
    /// # Errors
    /// The database's.
    pub async fn belongings(&self, user: UserId) -> Result<Vec<Belonging>> {
        let rows = self.pool().query(&MEMBERSHIPS, &[&user.uuid()]).await?;
        rows.iter()
            .map(|row| {
                Ok(Belonging {
                    org: OrgId::from(row.try_get::<_, Uuid>(0)?),
                    name: row.try_get(1)?,
                    slug: row.try_get(2)?,
                    deleted_at: row.try_get(3)?,
                    role: row.try_get(4)?,
                    status: row.try_get(5)?,
                    joined_at: row.try_get(6)?,
                    updated_at: row.try_get(7)?,
                })
            })
            .collect()
    }
}

fn decode(row: &Row) -> Result<Account> {
    Ok(Account {
        id: UserId::from(row.try_get::<_, Uuid>(0)?),
        clerk_user_id: row.try_get(1)?,
        email: row.try_get(2)?,
        emails: row.try_get(3)?,
        full_name: row.try_get(4)?,
        avatar_url: row.try_get(5)?,
        platform_role: row.try_get(6)?,
        is_active: row.try_get(7)?,
        deleted_at: row.try_get(8)?,
        deletion_reason: row.try_get(9)?,
        migration_status: row.try_get(10)?,
        last_active_at: row.try_get(11)?,
        clerk_updated_at: row.try_get(12)?,
        created_at: row.try_get(13)?,
    })
}

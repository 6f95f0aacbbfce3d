//! `bailiwick admin`: people who operate the whole installation, and what they allow others.

use bailiwick_kernel::{Env, PlatformRole};
use bailiwick_store::platform;

use crate::audit;
use crate::settings::Vars;

/// Gives the user with this verified e-mail a platform role. The fact is recorded.
///
/// # Errors
/// Nobody, or more than one, has the e-mail; the database's.
pub async fn grant(vars: &Vars, email: &str, role: PlatformRole) -> anyhow::Result<()> {
    let store = audit::recording_store(vars).await?;
    let env = Env::system();
    match platform::grant(&store, &env, email, role.as_str()).await? {
        1 => Ok(()),
        0 => anyhow::bail!(
            "nobody here has the verified e-mail {email}: let them sign in once, then repeat this"
        ),
        n => anyhow::bail!("{n} users have the e-mail {email}: nothing was changed"),
    }
}

/// Lets the organization with this slug have so many people; none for what its plan allows. The fact
/// is recorded.
///
/// # Errors
/// No organization has the slug; the database's.
pub async fn limit(vars: &Vars, slug: &str, most: Option<i32>) -> anyhow::Result<()> {
    let store = audit::recording_store(vars).await?;
    let is_there = platform::limit_members(&store, &Env::system(), slug, most).await?;
    anyhow::ensure!(is_there, "no organization here has the slug {slug}");
    Ok(())
}

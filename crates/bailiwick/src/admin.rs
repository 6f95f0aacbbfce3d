//! `bailiwick admin`: people who operate the whole installation.

use anyhow::Context as _;
use bailiwick_kernel::{Env, PlatformRole};
use bailiwick_pg::{Pool, PoolConfig};
use bailiwick_store::platform;

/// Gives the user with this verified e-mail a platform role. The fact is recorded.
///
/// # Errors
/// Nobody, or more than one, has the e-mail; the database's.
pub async fn grant(app_url: &str, email: &str, role: PlatformRole) -> anyhow::Result<()> {
    let pool = Pool::connect(PoolConfig::new(app_url).max_size(1))
        .await
        .context("DATABASE_URL")?;
    let env = Env::system();
    match platform::grant(&pool, &env, email, role.as_str()).await? {
        1 => Ok(()),
        0 => anyhow::bail!(
            "nobody here has the verified e-mail {email}: let them sign in once, then repeat this"
        ),
        n => anyhow::bail!("{n} users have the e-mail {email}: nothing was changed"),
    }
}

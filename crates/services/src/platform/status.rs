//! How the installation is: what waits, what was given up.

use bailiwick_store::fleet::Census as Fleet;
use bailiwick_store::inbox::Waiting;
use bailiwick_store::jobs::Census;
use bailiwick_store::sweeps::Sweep;

use super::Operator;
use crate::Result;

/// What waits, and what was given up.
#[derive(Debug)]
pub struct Status {
    /// Messages in each state that is not their last.
    pub inbox: Vec<Waiting>,
    /// The queue, by kind of job.
    pub jobs: Vec<Census>,
    /// Organizations in each state of provisioning.
    pub provisioning: Vec<(String, i64)>,
    /// Tenants' own schemas, and how many are not at this version.
    pub schemas: Fleet,
    /// The newest comparison with the provider.
    pub sweep: Option<Sweep>,
}

/// How the installation is.
///
/// # Errors
/// The database's.
pub async fn get(operator: &Operator) -> Result<Status> {
    let app = operator.app();
    let store = app.store();
    Ok(Status {
        inbox: store.waiting_messages().await?,
        jobs: store.job_census(app.env().now()).await?,
        provisioning: store.provisioning_census().await?,
        schemas: store.fleet_census().await?,
        sweep: store.list_sweeps(1).await?.pop(),
    })
}

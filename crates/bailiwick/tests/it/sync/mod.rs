//! The mirror keeps up with the provider, also where nobody tells it.

mod arrivals;
mod convergence;
mod invitations;
mod on_the_way;
mod schedule;
mod sweep;
mod verify;

use bailiwick_services::sync::sweep::{Ended, Options, Report, run};
use bailiwick_testkit::TestApp;
use jiff::SignedDuration;

/// A server whose sweeps need not spare the provider.
async fn started() -> TestApp {
    let options = TestApp::options();
    options
        .rules(|rules| rules.sync.calls_per_second = 100_000)
        .start()
        .await
}

/// A sweep, long after everything else.
async fn sweep(t: &TestApp) -> Report {
    t.advance(SignedDuration::from_mins(11));
    let report = run(&t.app, Options::default(), &|_| {}, &|_| {}).await;
    let report = report.unwrap();
    assert_eq!(report.ended, Ended::Done);
    t.settle().await;
    report
}

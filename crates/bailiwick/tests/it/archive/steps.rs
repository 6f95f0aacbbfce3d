//! An import that is cut off anywhere goes on when it is repeated.

use bailiwick_kernel::Tier;
use bailiwick_testkit::TestApp;

use super::{contents, export, furnished, import, objects};
use crate::abandoned::abandon;

#[tokio::test]
async fn cut_off_at_any_point_it_goes_on() {
    for tier in Tier::ALL {
        let t = TestApp::start().await;
        let acme = furnished(&t, "acme", Tier::Starter).await;
        let globex = t.tenant("globex", *tier).await;
        let file = export(&t, &acme).await;
        let over = "select 1 from control.imports where finished_at is not null";
        let mut polls = 1;
        while t.count(over).await == 0 {
            abandon(import(&t, &globex, &file, false), polls).await;
            polls += 1 + polls / 6;
            assert!(polls < 10_000_000, "it never ends");
        }
        assert!(polls > 20, "it was never cut off");
        assert_eq!(contents(&t, &globex).await, contents(&t, &acme).await);
        assert_eq!(objects(&t, &globex).await, objects(&t, &acme).await);
        let facts = t.audit().await;
        let facts = facts.iter().filter(|fact| *fact == "tenants.import");
        assert_eq!(facts.count(), 1);
    }
}

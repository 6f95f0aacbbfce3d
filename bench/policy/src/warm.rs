//! What the authorization of a request costs once its token and its caller are known, against a
//! real database that was asked once.

use std::time::{Duration, Instant};

use bailiwick_kernel::Tier;
use bailiwick_kernel::id::RequestId;
use bailiwick_kernel::policy::permission;
use bailiwick_services::{RequestInfo, Scope};
use bailiwick_testkit::TestApp;
use uuid::Uuid;

use crate::timing::{ROUNDS, median};

/// At least so long a round.
const ROUND: Duration = Duration::from_millis(200);

/// Microseconds of each half.
pub struct Warm {
    /// From the bearer token to its claims.
    pub verify_us: f64,
    /// From the claims to the decision.
    pub authorize_us: f64,
}

/// Measures both halves in turns.
pub async fn measure() -> anyhow::Result<Warm> {
    let app = TestApp::start().await;
    let world = app.tenant("harbour", Tier::Starter).await;
    let token = world.member().token();
    let request = RequestInfo {
        id: RequestId::from(Uuid::now_v7()),
        address: None,
    };
    let (mut verify, mut authorize) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (mut calls, mut first, mut second) = (0_u32, Duration::ZERO, Duration::ZERO);
        let started = Instant::now();
        while started.elapsed() < ROUND {
            let at = Instant::now();
            let claims = app.app.verify(&token).await?;
            let known = at.elapsed();
            let caller = app.app.caller(claims, None, request.clone()).await?;
            let scope = Scope::open(caller).await?;
            std::hint::black_box(scope.decide(permission::PROJECTS_READ).is_allowed());
            second += at.elapsed() - known;
            first += known;
            calls += 1;
        }
        let us = |time: Duration| time.as_secs_f64() * 1e6 / f64::from(calls);
        verify.push(us(first));
        authorize.push(us(second));
    }
    Ok(Warm {
        verify_us: median(verify),
        authorize_us: median(authorize),
    })
}

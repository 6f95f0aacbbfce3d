//! How often the issuer is asked for its keys, and what happens when it does not answer.

use std::sync::Arc;

use bailiwick_clerk::session::{JwksSource, TokenError, Verifier, VerifierConfig};
use bailiwick_kernel::ManualClock;
use jiff::SignedDuration;
use serde_json::json;

use crate::issuer::{
    self, FIRST_KEY, ISSUER, NOW, SECOND_KEY, Signer, claims, claims_with, key_set, merged,
};
use crate::server::{Answer, Server};

struct World {
    clock: Arc<ManualClock>,
    server: Server,
    verifier: Verifier,
}

impl World {
    async fn with(server: Server) -> Self {
        let clock = issuer::clock();
        let source = JwksSource::Url {
            url: format!("{}/jwks", server.url),
            bearer: Some("sk_test_x".into()),
        };
        let config = VerifierConfig::new(ISSUER, source, issuer::env(&clock));
        Self {
            verifier: Verifier::new(config).unwrap(),
            clock,
            server,
        }
    }

    async fn start(answer: Answer) -> Self {
        Self::with(Server::start([answer]).await).await
    }

    fn advance(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }

    /// A token of this key, of a session of its own, valid for a day.
    async fn verify(&self, signer: Signer, session: &str) -> Result<(), TokenError> {
        let claims = claims_with(json!({"sid": session, "exp": NOW + 86_400}));
        self.verifier
            .verify(&signer.token(&claims))
            .await
            .map(|_| ())
    }

    async fn verify_kid(&self, kid: &str) -> Result<(), TokenError> {
        let header = merged(FIRST_KEY.header(), json!({"kid": kid})).to_string();
        let token = FIRST_KEY.sign(&header, &claims().to_string());
        self.verifier.verify(&token).await.map(|_| ())
    }
}

fn serving(keys: &[Signer]) -> Answer {
    Answer::new(200, key_set(keys))
}

#[tokio::test]
async fn one_fetch_serves_many_tokens() {
    let world = World::start(serving(&[FIRST_KEY])).await;
    for session in ["a", "b", "c"] {
        world.verify(FIRST_KEY, session).await.unwrap();
    }
    assert_eq!(world.server.count(), 1);
    let seen = world.server.seen().remove(0);
    assert_eq!(seen.path_and_query, "/jwks");
    assert_eq!(seen.headers["authorization"], "Bearer sk_test_x");
}

#[tokio::test]
async fn a_storm_of_unknown_keys_costs_one_fetch() {
    let world = Arc::new(World::with(Server::start_closed([serving(&[FIRST_KEY])]).await).await);
    let storm: Vec<_> = (0..100)
        .map(|n| {
            let world = Arc::clone(&world);
            tokio::spawn(async move { world.verify_kid(&format!("ins_{n}")).await })
        })
        .collect();
    world.server.counted(1).await;
    world.server.open();
    for refused in storm {
        assert_eq!(refused.await.unwrap(), Err(TokenError::KeyUnknown));
    }
    assert_eq!(world.server.count(), 1);

    // Another storm after the cooldown: ids that are remembered cost nothing, new ones one fetch.
    world.advance(6);
    for n in 0..100 {
        assert_eq!(
            world.verify_kid(&format!("ins_{n}")).await,
            Err(TokenError::KeyUnknown)
        );
    }
    assert_eq!(world.server.count(), 1);
    for n in 100..200 {
        assert_eq!(
            world.verify_kid(&format!("ins_{n}")).await,
            Err(TokenError::KeyUnknown)
        );
    }
    assert_eq!(world.server.count(), 2);
}

#[tokio::test]
async fn waiters_share_a_first_fetch_that_one_of_them_gives_up() {
    let world = Arc::new(World::with(Server::start_closed([serving(&[FIRST_KEY])]).await).await);
    let impatient = tokio::spawn({
        let world = Arc::clone(&world);
        async move { world.verify(FIRST_KEY, "a").await }
    });
    world.server.counted(1).await;
    impatient.abort();
    assert!(impatient.await.unwrap_err().is_cancelled());
    let patient = tokio::spawn({
        let world = Arc::clone(&world);
        async move { world.verify(FIRST_KEY, "b").await }
    });
    world.server.open();
    patient.await.unwrap().unwrap();
    assert_eq!(world.server.count(), 1);
}

#[tokio::test]
async fn a_new_key_is_picked_up_at_once() {
    let world = World::start(serving(&[FIRST_KEY])).await;
    world.verify(FIRST_KEY, "a").await.unwrap();
    world.server.answer_with(serving(&[FIRST_KEY, SECOND_KEY]));
    world.advance(5);
    world.verify(SECOND_KEY, "b").await.unwrap();
    world.verify(FIRST_KEY, "c").await.unwrap();
    assert_eq!(world.server.count(), 2);
}

#[tokio::test]
async fn a_withdrawn_key_stops_working_with_its_remembered_tokens() {
    let world = World::start(serving(&[FIRST_KEY, SECOND_KEY])).await;
    world.verify(FIRST_KEY, "a").await.unwrap();
    world.server.answer_with(serving(&[SECOND_KEY]));
    world.advance(299);
    world.verify(FIRST_KEY, "a").await.unwrap();
    world.advance(1);
    world.verify(SECOND_KEY, "b").await.unwrap();
    assert_eq!(world.server.count(), 2);
    assert_eq!(
        world.verify(FIRST_KEY, "a").await,
        Err(TokenError::KeyUnknown)
    );
}

#[tokio::test]
async fn a_key_replaced_under_its_id_is_the_new_key() {
    let world = World::start(serving(&[FIRST_KEY])).await;
    world.verify(FIRST_KEY, "a").await.unwrap();
    let replaced = merged(SECOND_KEY.jwk(), json!({"kid": FIRST_KEY.kid}));
    world
        .server
        .answer_with(Answer::new(200, json!({"keys": [replaced]}).to_string()));
    world.advance(300);
    assert_eq!(
        world.verify(FIRST_KEY, "a").await,
        Err(TokenError::Signature)
    );
}

#[tokio::test]
async fn the_last_good_set_outlives_failures() {
    let good = key_set(&[FIRST_KEY]);
    let failures = [
        Answer::new(500, "down"),
        Answer::new(404, good.clone()),
        Answer::new(200, "<html>a captive portal</html>"),
        Answer::new(200, r#"{"errors":[{"code":"x"}]}"#),
        Answer::new(200, r#"{"keys":[]}"#),
        Answer::new(302, "").header("location", "http://127.0.0.1:9/jwks"),
        Answer::new(200, format!("{}{good}", " ".repeat(300 * 1024))),
    ];
    for failure in failures {
        let world = World::start(serving(&[FIRST_KEY])).await;
        world.verify(FIRST_KEY, "a").await.unwrap();
        world.server.answer_with(failure.clone());
        world.advance(301);
        world.verify(FIRST_KEY, "b").await.unwrap();
        assert_eq!(world.server.count(), 2, "{failure:?}");
        world.verify(FIRST_KEY, "c").await.unwrap();
        assert_eq!(world.server.count(), 2, "the cooldown holds: {failure:?}");

        // Who could tell whether this key is new? Nobody, so it is not the token's fault.
        let unknown = world.verify(SECOND_KEY, "d").await.unwrap_err();
        assert!(unknown.is_unavailable(), "{failure:?}: {unknown}");

        world.server.answer_with(serving(&[SECOND_KEY]));
        world.advance(6);
        world.verify(SECOND_KEY, "e").await.unwrap();
    }
}

#[tokio::test]
async fn during_an_outage_requests_do_not_wait() {
    let world = World::with(Server::start_closed([serving(&[FIRST_KEY])]).await).await;
    let first = tokio::spawn({
        let verifier = world.verifier.clone();
        async move { verifier.ready().await }
    });
    world.server.counted(1).await;
    world.server.open();
    first.await.unwrap().unwrap();

    world.server.answer_with(Answer::new(503, ""));
    world.advance(301);
    world.verify(FIRST_KEY, "a").await.unwrap();
    assert_eq!(world.server.count(), 2);

    // From now on the issuer is known to fail: the fetch runs beside the request.
    world.advance(6);
    world.verify(FIRST_KEY, "b").await.unwrap();
    world.server.counted(3).await;
}

#[tokio::test]
async fn without_any_set_the_fault_is_not_the_tokens() {
    let world = World::start(Answer::new(500, "")).await;
    assert!(world.verifier.ready().await.is_err());
    assert_eq!(
        world.verify(FIRST_KEY, "a").await,
        Err(TokenError::KeysUnavailable)
    );
    assert_eq!(world.server.count(), 1);
    world.server.answer_with(serving(&[FIRST_KEY]));
    world.advance(1);
    world.verifier.ready().await.unwrap();
    world.verify(FIRST_KEY, "a").await.unwrap();
    assert_eq!(world.server.count(), 2);
}

#[tokio::test]
async fn unknown_ids_are_forgotten_after_a_while() {
    let world = World::start(serving(&[FIRST_KEY])).await;
    assert_eq!(
        world.verify(SECOND_KEY, "a").await,
        Err(TokenError::KeyUnknown)
    );
    world.server.answer_with(serving(&[FIRST_KEY, SECOND_KEY]));
    world.advance(29);
    assert_eq!(
        world.verify(SECOND_KEY, "a").await,
        Err(TokenError::KeyUnknown)
    );
    world.advance(1);
    world.verify(SECOND_KEY, "a").await.unwrap();
}

#[tokio::test]
async fn keys_of_other_kinds_beside_ours_do_no_harm() {
    let keys = json!({"keys": [
        {"kty": "EC", "kid": "ec", "crv": "P-256", "x": "AA", "y": "AA"},
        {"kty": 1}, "odd", null,
        FIRST_KEY.jwk(),
    ]});
    let world = World::start(Answer::new(200, keys.to_string())).await;
    world.verify(FIRST_KEY, "a").await.unwrap();
}

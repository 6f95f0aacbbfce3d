//! Whatever strangers send is refused, and nothing panics.

use bailiwick_clerk::webhook::{Envelope, Secret, verify};
use http::{HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::issuer::{self, FIRST_KEY, claims};

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(future)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn tokens(token in prop_oneof![".{0,200}", "[A-Za-z0-9_-]{0,80}(\\.[A-Za-z0-9_-]{0,80}){0,4}"]) {
        let verifier = issuer::verifier(&issuer::clock());
        prop_assert!(block_on(verifier.verify(&token)).is_err());
    }

    #[test]
    fn headers_and_claims(header in "\\PC{0,80}", body in "\\PC{0,80}") {
        let verifier = issuer::verifier(&issuer::clock());
        let token = FIRST_KEY.sign(&header, &claims().to_string());
        prop_assert!(block_on(verifier.verify(&token)).is_err());
        let token = FIRST_KEY.sign(&FIRST_KEY.header().to_string(), &body);
        prop_assert!(block_on(verifier.verify(&token)).is_err());
    }

    #[test]
    fn changed_tokens(position in any::<prop::sample::Index>(), byte in "[A-Za-z0-9_.-]") {
        let verifier = issuer::verifier(&issuer::clock());
        let good = FIRST_KEY.token(&claims());
        let at = position.index(good.len());
        let mut token = good.clone();
        token.replace_range(at..=at, &byte);
        prop_assert_eq!(block_on(verifier.verify(&token)).is_ok(), token == good);
    }

    #[test]
    fn webhooks(
        id in vec(0x20_u8..0xff, 0..40),
        timestamp in prop_oneof![vec(0x20_u8..0xff, 0..40), any::<i64>().prop_map(|n| n.to_string().into_bytes())],
        signature in vec(0x20_u8..0xff, 0..80),
        body in vec(any::<u8>(), 0..80),
        now in -377_705_023_201_i64..253_402_207_200,
    ) {
        let headers: HeaderMap =
            [("svix-id", id), ("svix-timestamp", timestamp), ("svix-signature", signature)]
                .into_iter()
                .filter_map(|(name, value)| {
                    let value = HeaderValue::from_bytes(&value).ok()?;
                    Some((HeaderName::from_static(name), value))
                })
                .collect();
        let secret = Secret::parse("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD").unwrap();
        let now = Timestamp::from_second(now).unwrap();
        prop_assert!(verify(&headers, &body, &[secret], now).is_err());
        prop_assert!(Envelope::parse(&body).is_err());
    }
}

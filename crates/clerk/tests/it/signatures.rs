//! Webhook signatures: vectors that several published libraries agree on, and what they leave out.

use bailiwick_clerk::webhook::{Secret, SignatureError, verify};
use http::{HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;
use serde_json::Value;

const VECTORS: &str = include_str!("../fixtures/webhook-signature-vectors.json");

/// Published libraries disagree on these; they must not panic, whatever the verdict.
const WITHOUT_VERDICT: [&str; 2] = ["double_space_between_signatures", "empty_body"];

fn headers_of(vector: &Value) -> HeaderMap {
    let names = vector["header_names"].as_str().unwrap();
    let prefix = names.trim_end_matches("-Mixed");
    let mut headers = HeaderMap::new();
    for part in ["id", "timestamp", "signature"] {
        if let Some(value) = vector[part].as_str() {
            let name: HeaderName = format!("{prefix}-{part}").parse().unwrap();
            headers.insert(name, HeaderValue::from_str(value).unwrap());
        }
    }
    for (name, value) in vector["extra_headers"].as_object().into_iter().flatten() {
        headers.insert(
            HeaderName::from_bytes(name.as_bytes()).unwrap(),
            value.as_str().unwrap().parse().unwrap(),
        );
    }
    headers
}

#[test]
fn every_vector() {
    let vectors: Value = serde_json::from_str(VECTORS).unwrap();
    let vectors = vectors["vectors"].as_array().unwrap();
    assert_eq!(vectors.len(), 43);
    for vector in vectors {
        let name = vector["name"].as_str().unwrap();
        let secret = Secret::parse(vector["secret"].as_str().unwrap()).unwrap();
        let body = vector["body"].as_str().unwrap();
        let now = Timestamp::from_second(vector["verify_at"].as_i64().unwrap()).unwrap();
        let verdict = verify(&headers_of(vector), body.as_bytes(), &[secret], now);
        if !WITHOUT_VERDICT.contains(&name) {
            let expected = vector["expected"] == "accept";
            assert_eq!(verdict.is_ok(), expected, "{name}: {verdict:?}");
        }
    }
}

const NOW: i64 = 1_649_367_553;
const BODY: &[u8] = br#"{"email":"test@example.com","username":"test_user"}"#;
const SIGNATURE: &str = "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=";

fn secret() -> Secret {
    Secret::parse("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD").unwrap()
}

fn headers(id: &[u8], timestamp: &[u8], signature: &[u8]) -> HeaderMap {
    [
        ("svix-id", id),
        ("svix-timestamp", timestamp),
        ("svix-signature", signature),
    ]
    .into_iter()
    .map(|(name, value)| {
        (
            HeaderName::from_static(name),
            HeaderValue::from_bytes(value).unwrap(),
        )
    })
    .collect()
}

fn verdict(id: &[u8], timestamp: &[u8], signature: &[u8]) -> Result<(), SignatureError> {
    let now = Timestamp::from_second(NOW).unwrap();
    verify(&headers(id, timestamp, signature), BODY, &[secret()], now).map(|_| ())
}

#[test]
fn hostile_headers_are_refused_and_never_panic() {
    let id = b"msg_27UH4WbU6Z5A5EzD8u03UvzRbpk";
    let time = b"1649367553";
    let signature = SIGNATURE.as_bytes();
    assert_eq!(verdict(id, time, signature), Ok(()));
    for timestamp in [
        "-9223372036854775808",
        "9223372036854775808",
        "99999999999999999999999999",
        "-1",
        "+1649367553",
        " 1649367553",
        "1649367553.0",
        "1e9",
        "0x62",
        "١٦٤٩",
    ] {
        let refused = verdict(id, timestamp.as_bytes(), signature).unwrap_err();
        assert!(
            matches!(
                refused,
                SignatureError::Timestamp | SignatureError::HeadersMissing
            ),
            "{timestamp}: {refused}"
        );
    }
    assert_eq!(
        verdict(id, b"9223372036854775807", signature),
        Err(SignatureError::TooNew)
    );
    assert_eq!(verdict(id, b"0", signature), Err(SignatureError::TooOld));
    assert_eq!(verdict(b"msg.1", time, signature), Err(SignatureError::Id));
    assert_eq!(
        verdict(&[b'a'; 300], time, signature),
        Err(SignatureError::Id)
    );
    assert_eq!(
        verdict(b"\xff\xfe", time, signature),
        Err(SignatureError::HeadersMissing)
    );
    for signature in ["v1,", ",", "v1", " ", "v1,=", "v1,\u{e4}", "v1;AAAA"] {
        let refused = verdict(id, time, signature.as_bytes());
        assert!(refused.is_err(), "{signature}");
    }
    let many = format!("{}{SIGNATURE}", "v1,AAAA ".repeat(500));
    assert_eq!(
        verdict(id, time, many.as_bytes()),
        Err(SignatureError::NoMatch)
    );
    for now in [Timestamp::MIN, Timestamp::MAX] {
        assert!(verify(&headers(id, time, signature), BODY, &[secret()], now).is_err());
    }
}

#[test]
fn any_of_our_secrets_will_do_and_none_is_none() {
    let now = Timestamp::from_second(NOW).unwrap();
    let headers = headers(
        b"msg_27UH4WbU6Z5A5EzD8u03UvzRbpk",
        b"1649367553",
        SIGNATURE.as_bytes(),
    );
    let other = Secret::parse("whsec_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=").unwrap();
    let verified = verify(&headers, BODY, &[other.clone(), secret()], now).unwrap();
    assert_eq!(verified.id, "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk");
    assert_eq!(verified.timestamp, now);
    assert_eq!(
        verify(&headers, BODY, &[other], now),
        Err(SignatureError::NoMatch)
    );
    assert_eq!(
        verify(&headers, BODY, &[], now),
        Err(SignatureError::NoMatch)
    );
    assert_eq!(
        verify(&HeaderMap::new(), BODY, &[secret()], now),
        Err(SignatureError::HeadersMissing)
    );
}

#[test]
fn bodies_need_not_be_text() {
    let now = Timestamp::from_second(NOW).unwrap();
    let headers = headers(b"msg_1", b"1649367553", SIGNATURE.as_bytes());
    let verdict = verify(&headers, &[0xff, 0x00, 0xfe], &[secret()], now);
    assert_eq!(verdict, Err(SignatureError::NoMatch));
}

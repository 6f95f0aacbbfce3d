//! Users from and to files.

use bailiwick_idp::domain::passwords::reset;
use bailiwick_idp::transfer::{
    Import, Outcome, Record, export, read_csv, read_ndjson, write_csv, write_ndjson,
};

use crate::frontend::world::World;

/// What a hasher of another system made of `correct horse battery`.
const BCRYPT: &str = "$2b$04$abcdefghijklmnopqrstuu5Lo0g67CiD3M4RpN1BmBb4Crp5w7dbK";

const CLERK: &str = "id,first_name,last_name,username,primary_email_address,primary_phone_number,\
verified_email_addresses,unverified_email_addresses,verified_phone_numbers,\
unverified_phone_numbers,totp_secret,password_digest,password_hasher
user_1,Ada,Lovelace,,ada@example.com,,ada@example.com|second@example.com,claimed@example.com,,,,,
user_2,Alan,Turing,alan,,+4930123456,,,+4930123456,,,$2b$04$abcdefghijklmnopqrstuu5Lo0g67CiD3M4RpN1BmBb4Crp5w7dbK,bcrypt
user_3,No,Body,,,,,,,,,,
user_4,Twice,,,,,ada@example.com,,,,,,
user_5,Bad,Digest,,,,bad@example.com,,,,,$9$nonsense,bcrypt
";

async fn import(
    world: &World,
    records: Vec<(usize, Result<Record, String>)>,
    dry: bool,
) -> Vec<Outcome> {
    let mut import = Import::new(&world.idp, dry);
    let mut outcomes = Vec::new();
    for (_, record) in records {
        outcomes.push(import.take(&record.unwrap()).await.unwrap());
    }
    outcomes
}

async fn all(world: &World, with_passwords: bool) -> Vec<Record> {
    let page = export(&world.idp, None, with_passwords).await.unwrap();
    page.into_iter().map(|(_, record)| record).collect()
}

fn kinds(outcomes: &[Outcome]) -> Vec<&str> {
    let kind = |outcome: &Outcome| match outcome {
        Outcome::Created(_) => "created",
        Outcome::Known(_) => "known",
        Outcome::Refused(_) => "refused",
    };
    outcomes.iter().map(kind).collect()
}

#[tokio::test]
async fn an_export_of_clerk_is_taken_over_line_by_line_and_once() {
    let world = World::new().await;
    let expected = ["created", "created", "refused", "refused", "refused"];
    // A dry run finds the same, and leaves nothing.
    let dry = import(&world, read_csv(CLERK).unwrap(), true).await;
    assert_eq!(kinds(&dry), expected, "{dry:?}");
    assert_eq!(
        (
            all(&world, false).await.len(),
            world.said_types().await.len()
        ),
        (0, 0)
    );

    let first = import(&world, read_csv(CLERK).unwrap(), false).await;
    assert_eq!(kinds(&first), expected, "{first:?}");
    assert_eq!(world.said_types().await, ["user.created", "user.created"]);
    let Outcome::Refused(why) = &first[3] else {
        panic!()
    };
    assert!(why.contains("ada@example.com"), "{why}");

    // Cut off and repeated, it finishes what was left.
    let again = import(&world, read_csv(CLERK).unwrap(), false).await;
    assert_eq!(
        kinds(&again),
        ["known", "known", "refused", "refused", "refused"]
    );
    assert_eq!(world.said_types().await.len(), 2);

    let mut users = all(&world, true).await;
    users.sort_by(|a, b| a.external_id.cmp(&b.external_id));
    let ada = &users[0];
    assert_eq!(ada.external_id.as_deref(), Some("user_1"));
    assert_eq!(
        ada.primary_email_address.as_deref(),
        Some("ada@example.com")
    );
    assert_eq!(
        ada.verified_email_addresses,
        ["ada@example.com", "second@example.com"]
    );
    assert_eq!(ada.unverified_email_addresses, ["claimed@example.com"]);
    let alan = &users[1];
    assert_eq!(
        (
            alan.password_hasher.as_deref(),
            alan.password_digest.as_deref()
        ),
        (Some("bcrypt"), Some(BCRYPT))
    );
    assert_eq!(alan.verified_phone_numbers, ["+4930123456"]);
}

#[tokio::test]
async fn what_is_exported_makes_the_same_people_elsewhere() {
    let (here, there) = (World::new().await, World::new().await);
    let text = r#"
{"id":"7","first_name":"Zoë","verified_email_addresses":["zoe@example.com"],"password":"correct horse battery","public_metadata":{"plan":"pro"},"private_metadata":{"n":1},"banned":true,"created_at":"2020-01-02T03:04:05Z"}
{"verified_email_addresses":["two@example.com"],"username":"two"}"#;
    let made = import(&here, read_ndjson(text), false).await;
    assert_eq!(kinds(&made), ["created", "created"]);
    let users = all(&here, true).await;
    let moved = import(&there, read_ndjson(&write_ndjson(&users).unwrap()), false).await;
    assert_eq!(kinds(&moved), ["created", "created"]);
    let mut again = all(&there, true).await;
    // The ids are new, and the old ones known where no other id was.
    assert_eq!(again[1].external_id, users[1].id);
    again[1].external_id = None;
    for (mut new, old) in again.into_iter().zip(&users) {
        new.id = old.id.clone();
        assert_eq!(&new, old);
    }
    let mut browser = there.browser();
    let csv = write_csv(&users).unwrap();
    assert!(csv.contains("argon2id") && csv.lines().count() == 3);
    assert!(
        !write_ndjson(&all(&here, false).await)
            .unwrap()
            .contains("argon2")
    );
    assert!(browser.begin_sign_in("two@example.com").await["id"].is_string());
}

#[tokio::test]
async fn what_cannot_be_read_is_named_by_its_line() {
    let rows = read_ndjson("{\"first_name\":\"A\"}\n\n{\"frist_name\":\"B\"}\n{");
    assert_eq!(rows.iter().map(|row| row.0).collect::<Vec<_>>(), [1, 3, 4]);
    assert!(rows[1].1.as_ref().unwrap_err().contains("frist_name"));
    assert!(rows[2].1.is_err());
}

#[tokio::test]
async fn a_reset_password_is_the_only_one_that_fits() {
    let world = World::new().await;
    let mut browser = world.signed_up("ada@example.com").await;
    assert!(reset(&world.idp, "nobody@example.com").await.is_err());
    let before = world.said_types().await.len();
    let password = reset(&world.idp, "ada@example.com").await.unwrap();
    assert_eq!(
        world.said_types().await[before..],
        ["user.updated", "session.revoked"]
    );
    let client = browser.get("/v1/client").await.body;
    assert_eq!(client["response"]["sessions"], serde_json::json!([]));
    for (answer, status) in [("correct horse battery", 422), (password.as_str(), 200)] {
        let mut browser = world.browser();
        let sign_in = browser.begin_sign_in("ada@example.com").await;
        let id = sign_in["id"].as_str().unwrap();
        let reply = browser.attempt_sign_in(id, "password", answer).await;
        assert_eq!(reply.status.as_u16(), status, "{}", reply.body);
    }
}

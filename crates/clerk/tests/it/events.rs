//! Events: one example of every type, and what senders may leave out.

use std::path::Path;

use bailiwick_clerk::resources::User;
use bailiwick_clerk::webhook::{Envelope, Event, EventError};
use jiff::Timestamp;
use serde_json::{Value, json};

fn example(event_type: &str) -> Value {
    let path = format!(
        "{}/tests/fixtures/webhook-events",
        env!("CARGO_MANIFEST_DIR")
    );
    let text = std::fs::read(Path::new(&path).join(format!("{event_type}.json"))).unwrap();
    serde_json::from_slice(&text).unwrap()
}

fn parse(event: &Value) -> Result<Envelope, EventError> {
    Envelope::parse(event.to_string().as_bytes())
}

#[test]
fn every_example() {
    let directory = format!(
        "{}/tests/fixtures/webhook-events",
        env!("CARGO_MANIFEST_DIR")
    );
    let mut count = 0;
    for file in std::fs::read_dir(directory).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        let event_type = name.strip_suffix(".json").unwrap();
        let envelope = parse(&example(event_type)).unwrap();
        assert_eq!(envelope.event_type, event_type);
        assert!(
            envelope.timestamp.is_some() && envelope.instance_id.is_some(),
            "{event_type}"
        );
        let family = event_type.split('.').next().unwrap();
        let known = [
            "user",
            "session",
            "organization",
            "organizationMembership",
            "organizationInvitation",
            "role",
            "permission",
            "subscription",
            "subscriptionItem",
        ]
        .contains(&family);
        let typed = !matches!(envelope.event, Event::Unknown { .. });
        assert_eq!(typed, known, "{event_type}");
        count += 1;
    }
    assert_eq!(count, 45);
}

#[test]
fn a_user_in_full() {
    let Event::UserCreated(user) = parse(&example("user.created")).unwrap().event else {
        panic!("a created user");
    };
    assert_eq!(user.primary_verified_email(), Some("ada@northwind.example"));
    assert_eq!(user.full_name().as_deref(), Some("Ada Byron"));
    assert_eq!(user.updated_at.unwrap().as_millisecond(), 1_767_225_600_000);
}

#[test]
fn an_accepted_invitation_says_by_whom() {
    let event = parse(&example("organizationInvitation.accepted")).unwrap();
    let Event::InvitationAccepted(invitation) = event.event else {
        panic!("an accepted invitation");
    };
    assert_eq!(invitation.email_address, "grace@northwind.example");
    assert_eq!(invitation.status, "accepted");
    assert!(invitation.user_id.is_some() && invitation.expires_at.is_some());
}

#[test]
fn a_deleted_membership_says_whose_it_was() {
    let event = parse(&example("organizationMembership.deleted"))
        .unwrap()
        .event;
    let Event::MembershipDeleted(membership) = event else {
        panic!("a deleted membership")
    };
    assert_eq!(
        membership.user_id(),
        Some("user_3AqZmB1nXoR8jCtKf5QsWvEy6Hd")
    );
    assert_eq!(
        membership.organization.slug.as_deref(),
        Some("northwind-traders")
    );
    assert_eq!(membership.role, "org:member");
}

#[test]
fn a_subscription_says_who_pays_for_what() {
    let Event::Subscription(subscription) = parse(&example("subscription.pastDue")).unwrap().event
    else {
        panic!("a subscription")
    };
    let payer = subscription.payer.as_ref().unwrap();
    assert_eq!(
        (payer.organization_id(), payer.user_id()),
        (Some("org_3AqZr7PdLm2KvTnYb9XcHwGq4Js"), None)
    );
    let [item] = subscription.items.as_slice() else {
        panic!("one item")
    };
    assert_eq!(item.plan_id(), Some("cplan_3AqZ00000000000000000000pro"));
    assert_eq!(item.plan.as_ref().unwrap().slug.as_deref(), Some("pro_org"));
    assert_eq!(item.seats.as_ref().unwrap().quantity, Some(10));
    // What a type of next year says of the same things is understood as well.
    let mut event = example("subscriptionItem.active");
    event["type"] = json!("subscriptionItem.created");
    event["data"]["plan"] = Value::Null;
    let Event::SubscriptionItem(item) = parse(&event).unwrap().event else {
        panic!("an item")
    };
    assert_eq!(item.plan_id(), Some("cplan_3AqZ00000000000000000000pro"));
}

#[test]
fn a_role_names_its_permissions() {
    let Event::RoleUpdated(role) = parse(&example("role.updated")).unwrap().event else {
        panic!("a role")
    };
    let keys: Vec<&str> = role.permissions.iter().map(|p| p.key.as_str()).collect();
    assert_eq!(
        (role.key.as_str(), keys),
        ("org:auditor", vec!["org:reports:read"])
    );
}

#[test]
fn times_in_seconds_or_milliseconds() {
    for timestamp in [json!(1_767_225_600), json!(1_767_225_600_000_i64)] {
        let mut event = example("user.deleted");
        event["timestamp"] = timestamp;
        assert_eq!(
            parse(&event).unwrap().timestamp.unwrap().as_second(),
            1_767_225_600
        );
    }
    let mut event = example("user.deleted");
    event.as_object_mut().unwrap().remove("timestamp");
    assert_eq!(parse(&event).unwrap().timestamp, None);
    event["timestamp"] = json!(i64::MAX);
    assert!(parse(&event).is_err());
}

#[test]
fn events_are_ordered_by_the_resource_and_deletions_by_the_event() {
    let signed_at = Timestamp::from_second(1_800_000_000).unwrap();
    let changed_at = |event: &Value| parse(event).unwrap().changed_at(signed_at).as_millisecond();
    assert_eq!(
        changed_at(&example("organizationMembership.updated")),
        1_767_225_606_000
    );
    assert_eq!(
        changed_at(&example("organizationMembership.deleted")),
        1_767_225_607_000
    );
    assert_eq!(changed_at(&example("user.created")), 1_767_225_600_000);
    let bare = json!({"type": "user.deleted", "data": {"id": "user_1"}});
    assert_eq!(changed_at(&bare), 1_800_000_000_000);
}

#[test]
fn a_bare_user_is_a_user() {
    let event = json!({"type": "user.updated", "data": {"id": "user_1", "public_metadata": null}});
    let Event::UserUpdated(user) = parse(&event).unwrap().event else {
        panic!("a user")
    };
    assert_eq!(
        (user.id.as_str(), user.primary_verified_email()),
        ("user_1", None)
    );
    assert_eq!((user.full_name(), user.updated_at), (None, None));
}

#[test]
fn what_is_not_understood() {
    for body in [
        "",
        "null",
        "[]",
        "{}",
        r#"{"type":"user.created"}"#,
        r#"{"type":1,"data":{}}"#,
    ] {
        let parsed = Envelope::parse(body.as_bytes());
        assert!(matches!(parsed, Err(EventError::Envelope(_))), "{body}");
    }
    assert!(matches!(
        Envelope::parse(&[0xff, 0xfe]),
        Err(EventError::Envelope(_))
    ));
    for (event_type, data) in [
        ("user.created", json!({})),
        ("user.created", json!({"id": 1})),
        ("organization.updated", json!({"id": "org_1"})),
        (
            "organizationMembership.created",
            json!({"id": "orgmem_1", "role": "org:member"}),
        ),
        ("session.created", json!({"id": "sess_1"})),
        ("organization.deleted", json!({"deleted": true})),
        ("role.created", json!({"id": "role_1"})),
        ("permission.deleted", json!({})),
        ("organizationInvitation.created", json!({"id": "orginv_1"})),
        ("subscription.active", json!({"id": "csub_1"})),
        ("subscriptionItem.ended", json!({"status": "ended"})),
    ] {
        let parsed = parse(&json!({"type": event_type, "data": data}));
        assert!(
            matches!(parsed, Err(EventError::Data { .. })),
            "{event_type} {data}"
        );
    }
}

#[test]
fn an_unknown_type_is_kept_as_it_came() {
    let event = json!({"type": "user.teleported", "data": {"id": "user_1"}});
    let Event::Unknown { event_type, data } = parse(&event).unwrap().event else {
        panic!("an unknown event");
    };
    assert_eq!(
        (event_type.as_str(), &data["id"]),
        ("user.teleported", &json!("user_1"))
    );
}

fn user(primary: Value, addresses: Value) -> User {
    serde_json::from_value(json!({
        "id": "user_1", "primary_email_address_id": primary, "email_addresses": addresses,
    }))
    .unwrap()
}

#[test]
fn only_the_verified_primary_address_counts() {
    let address = |id: &str, status: Value| json!({"id": id, "email_address": format!("{id}@x.example"), "verification": status});
    let verified = json!({"status": "verified", "strategy": "email_code"});
    let addresses = json!([
        address("idn_1", json!({"status": "unverified"})),
        address("idn_2", verified.clone()),
        address("idn_3", Value::Null),
        address("", verified),
    ]);
    let primary = |id: Value| {
        user(id, addresses.clone())
            .primary_verified_email()
            .map(ToOwned::to_owned)
    };
    assert_eq!(primary(json!("idn_2")).as_deref(), Some("idn_2@x.example"));
    for id in [
        json!("idn_1"),
        json!("idn_3"),
        json!("idn_9"),
        json!(""),
        Value::Null,
    ] {
        assert_eq!(primary(id.clone()), None, "{id}");
    }
}

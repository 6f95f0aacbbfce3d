//! Lists of users.

use jiff::SignedDuration;
use serde_json::json;

use super::world::{World, ids};

/// Ada, Grace and Zoë, created in this order, a second apart; Ada and Grace are of Acme.
async fn three() -> (World, [String; 3], String) {
    let world = World::new().await;
    let mut made = Vec::new();
    for (first, last, address) in [
        ("Ada", "Byron", "ada@x.example"),
        ("Grace", "Murray", "grace@y.example"),
        ("Zoë", "Ångström", "ZOE@x.example"),
    ] {
        let name = format!("the_{first}").replace('ë', "e");
        let body = json!({
            "email_address": [address], "first_name": first, "last_name": last,
            "username": name, "external_id": format!("crm-{first}"),
            "phone_number": [format!("+1201555010{}", made.len())],
        });
        made.push(
            world.post("/users", body).await.ok()["id"]
                .as_str()
                .unwrap()
                .to_owned(),
        );
        world.time.advance(SignedDuration::from_secs(1));
    }
    let organization = world.organization("Acme", &made[0]).await;
    let body = json!({ "user_id": made[1], "role": "org:member" });
    world
        .post(&format!("/organizations/{organization}/memberships"), body)
        .await
        .ok();
    let made = made.try_into().unwrap();
    (world, made, organization)
}

#[tokio::test]
async fn filters() {
    let (world, [ada, grace, zoe], acme) = three().await;
    let start = world.time.now().as_millisecond() - 3000;
    for (query, expected) in [
        (String::new(), vec![&zoe, &grace, &ada]),
        (
            "email_address=ADA@x.example&email_address=zoe@X.example".into(),
            vec![&zoe, &ada],
        ),
        ("email_address[]=ada@x.example".into(), vec![&ada]),
        ("email_address=nobody@x.example".into(), vec![]),
        ("external_id=crm-Grace".into(), vec![&grace]),
        ("external_id=-crm-Grace".into(), vec![&zoe, &ada]),
        ("username=THE_grace".into(), vec![&grace]),
        (format!("user_id={ada}&user_id=%2B{zoe}"), vec![&zoe, &ada]),
        (format!("user_id=-{ada}"), vec![&zoe, &grace]),
        (format!("organization_id={acme}"), vec![&grace, &ada]),
        (format!("organization_id=-{acme}"), vec![&zoe]),
        ("query=byr".into(), vec![&ada]),
        ("query=x.EXAMPLE".into(), vec![&zoe, &ada]),
        (format!("query={zoe}"), vec![&zoe]),
        ("query=ada%20byron".into(), vec![&ada]),
        ("query=%25".into(), vec![]),
        ("name_query=grace".into(), vec![&grace]),
        ("email_address_query=y.ex".into(), vec![&grace]),
        ("username_query=the_".into(), vec![&zoe, &grace, &ada]),
        ("banned=true".into(), vec![]),
        (
            format!("created_at_after={}", start + 1000),
            vec![&zoe, &grace],
        ),
        (format!("created_at_before={}", start + 1000), vec![&ada]),
        ("last_sign_in_at_after=0".into(), vec![]),
        ("phone_number=%2B15555550100".into(), vec![]),
        (
            "phone_number=%2B12015550101&phone_number=+1 (201) 555-0102".replace(' ', "%20"),
            vec![&zoe, &grace],
        ),
        ("phone_number=nonsense".into(), vec![]),
        ("phone_number_query=555-0100".into(), vec![&ada]),
        ("query=2015550102".into(), vec![&zoe]),
        ("provider=oauth_google&provider_user_id=1".into(), vec![]),
        ("web3_wallet=0x1".into(), vec![]),
        ("order_by=phone_number&limit=2".into(), vec![&ada, &grace]),
        ("order_by=created_at".into(), vec![&ada, &grace, &zoe]),
        ("order_by=-first_name".into(), vec![&zoe, &grace, &ada]),
        ("order_by=%2Blast_name&limit=1".into(), vec![&ada]),
        (
            "order_by=email_address&limit=2&offset=1".into(),
            vec![&grace, &zoe],
        ),
        ("limit=1&offset=1".into(), vec![&grace]),
        (format!("starting_after={grace}"), vec![&ada]),
        (
            format!("starting_after={grace}&order_by=created_at"),
            vec![&zoe],
        ),
        ("unknown=1".into(), vec![&zoe, &grace, &ada]),
    ] {
        let users = world.get(&format!("/users?{query}")).await.ok();
        assert_eq!(ids(&users), expected, "{query}");
        if !query.contains("limit") && !query.contains("starting_after") {
            let count = world.get(&format!("/users/count?{query}")).await.ok();
            let expected = json!({ "object": "total_count", "total_count": expected.len() });
            assert_eq!(count, expected, "{query}");
        }
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_refused() {
    let world = World::new().await;
    for (query, param) in [
        ("provider=oauth_google", "provider_user_id"),
        ("provider_user_id=1", "provider"),
        ("limit=many", "limit"),
        ("order_by=shoe_size", "order_by"),
        ("banned=perhaps", "banned"),
        ("created_at_after=yesterday", "created_at_after"),
        ("starting_after=user_1&order_by=username", "starting_after"),
    ] {
        let reply = world.get(&format!("/users?{query}")).await;
        let is_missing = query.starts_with("provider");
        let code = if is_missing {
            "form_param_missing"
        } else {
            "form_param_format_invalid"
        };
        reply.refused(422, code, param);
    }
}

#[tokio::test]
async fn memberships_of_a_user() {
    let (world, [ada, _, zoe], acme) = three().await;
    let page = world
        .get(&format!("/users/{ada}/organization_memberships"))
        .await
        .ok();
    assert_eq!(page["total_count"], 1);
    let membership = &page["data"][0];
    assert_eq!(membership["organization"]["id"], json!(acme));
    assert_eq!(membership["public_user_data"]["user_id"], json!(ada));
    assert_eq!(membership["role"], "org:admin");
    let none = world
        .get(&format!("/users/{zoe}/organization_memberships"))
        .await
        .ok();
    assert_eq!(none, json!({ "data": [], "total_count": 0 }));
    let reply = world.get("/users/user_1/organization_memberships").await;
    reply.refused(404, "resource_not_found", "");
}

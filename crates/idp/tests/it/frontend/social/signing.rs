//! Somebody new and somebody known, by signing in and by signing up, at each provider.

use super::world::*;

const PROVIDERS: [&str; 3] = ["oauth_google", "oauth_microsoft", "oauth_github"];

#[tokio::test]
async fn somebody_new_signs_up_at_each_provider_and_signs_in_again() {
    let social = Social::new().await;
    for strategy in PROVIDERS {
        let email = format!("{strategy}@northwind.example");
        let ada = person("Ada King Lovelace", &email);
        let mut browser = social.newcomer(strategy, &ada).await;
        let user = user_of(&mut browser).await;
        assert_eq!(user["first_name"], "Ada King");
        assert_eq!(user["last_name"], "Lovelace");
        assert_eq!(user["password_enabled"], false);
        let account = &user["external_accounts"][0];
        assert_eq!(account["provider"], strategy);
        assert_eq!(account["email_address"], email.as_str());
        assert_eq!(account["verification"]["status"], "verified");
        let address = &user["email_addresses"][0];
        assert_eq!(address["email_address"], email.as_str());
        assert_eq!(user["primary_email_address_id"], address["id"]);
        assert_eq!(address["verification"]["status"], "verified");
        assert_eq!(
            address["verification"]["strategy"],
            format!("from_{strategy}")
        );
        assert_eq!(address["linked_to"][0]["type"], strategy);
        assert_eq!(address["linked_to"][0]["id"], account["identification_id"]);

        let mut again = social.browser();
        let reply = social.sign_in(&mut again, strategy, &ada).await;
        assert_eq!(location(&reply), DONE);
        let known = user_of(&mut again).await;
        assert_eq!(known["id"], user["id"]);
        assert_eq!(known["external_accounts"].as_array().unwrap().len(), 1);
        let client = again.get("/v1/client").await;
        assert_eq!(client.ok()["last_authentication_strategy"], strategy);
    }
    let expected = ["user.created", "session.created", "session.created"].repeat(3);
    assert_eq!(social.said_types().await, expected);
}

#[tokio::test]
async fn somebody_new_who_signs_in_is_transferred_to_signing_up() {
    let social = Social::new().await;
    let mut browser = social.browser();
    let ada = person("Ada Lovelace", "ada@northwind.example");
    let reply = social.sign_in(&mut browser, "oauth_google", &ada).await;
    assert_eq!(location(&reply), PAGE);
    let sign_in = sign_in_of(&mut browser).await;
    assert_eq!(sign_in["status"], "needs_identifier");
    let verification = &sign_in["first_factor_verification"];
    assert_eq!(verification["status"], "transferable");
    assert_eq!(verification["error"]["code"], "external_account_not_found");
    assert!(verification["external_verification_redirect_url"].is_null());

    let form = [
        ("transfer", "true"),
        ("unsafe_metadata", "{\"plan\":\"x\"}"),
    ];
    let reply = browser.post("/v1/client/sign_ups", &form).await;
    assert_eq!(reply.ok()["status"], "complete", "{}", reply.body);
    let user = user_of(&mut browser).await;
    assert_eq!(user["unsafe_metadata"]["plan"], "x");
    assert_eq!(user["external_accounts"][0]["provider"], "oauth_google");
    // What was taken over is gone.
    let reply = browser.post("/v1/client/sign_ups", &form).await;
    reply.refused(422, "external_account_not_found");
}

#[tokio::test]
async fn somebody_known_who_signs_up_is_transferred_to_signing_in() {
    let social = Social::new().await;
    let ada = person("Ada Lovelace", "ada@northwind.example");
    let mut first = social.newcomer("oauth_github", &ada).await;
    let user = user_of(&mut first).await;
    let mut browser = social.browser();
    let reply = social.sign_up(&mut browser, "oauth_github", &ada).await;
    assert_eq!(location(&reply), PAGE);
    let sign_up = sign_up_of(&mut browser).await;
    assert_eq!(sign_up["status"], "missing_requirements");
    let verification = &sign_up["verifications"]["external_account"];
    assert_eq!(verification["status"], "transferable");
    assert_eq!(verification["error"]["code"], "external_account_exists");

    let reply = browser
        .post("/v1/client/sign_ins", &[("transfer", "true")])
        .await;
    assert_eq!(reply.ok()["status"], "complete", "{}", reply.body);
    assert_eq!(user_of(&mut browser).await["id"], user["id"]);
    assert_eq!(
        social
            .said_types()
            .await
            .iter()
            .filter(|t| *t == "user.created")
            .count(),
        1
    );
}

#[tokio::test]
async fn an_address_that_nobody_vouches_for_is_proven_by_a_code() {
    let social = Social::new().await;
    let mut browser = social.browser();
    let ada = [("name", "Ada Lovelace"), ("email", "ada@northwind.example")];
    let reply = social.sign_up(&mut browser, "oauth_microsoft", &ada).await;
    assert_eq!(location(&reply), PAGE);
    let sign_up = sign_up_of(&mut browser).await;
    assert_eq!(sign_up["status"], "missing_requirements");
    assert_eq!(sign_up["missing_fields"], serde_json::json!([]));
    assert_eq!(
        sign_up["unverified_fields"],
        serde_json::json!(["email_address"])
    );
    assert_eq!(
        sign_up["verifications"]["external_account"]["status"],
        "verified"
    );
    let path = format!("/v1/client/sign_ups/{}", sign_up["id"].as_str().unwrap());
    let form = [("strategy", "email_code")];
    browser
        .post(&format!("{path}/prepare_verification"), &form)
        .await
        .ok();
    let code = social.code("ada@northwind.example");
    let id = sign_up["id"].as_str().unwrap();
    let reply = browser.attempt_sign_up(id, &code).await;
    assert_eq!(reply.ok()["status"], "complete", "{}", reply.body);
    let user = user_of(&mut browser).await;
    assert_eq!(
        user["external_accounts"][0]["email_address_verified"],
        false
    );
    assert_eq!(
        user["email_addresses"][0]["linked_to"],
        serde_json::json!([])
    );
}

#[tokio::test]
async fn a_provider_that_names_no_address_leaves_one_to_be_given() {
    let social = Social::new().await;
    social.signed_up("ada@northwind.example").await;
    let mut browser = social.browser();
    // The address is another user's, and unproven: it is as good as none.
    let eve = [("name", "Eve"), ("email", "ada@northwind.example")];
    let reply = social.sign_up(&mut browser, "oauth_google", &eve).await;
    assert_eq!(location(&reply), PAGE);
    let sign_up = sign_up_of(&mut browser).await;
    assert_eq!(
        sign_up["missing_fields"],
        serde_json::json!(["email_address"])
    );
    let id = sign_up["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/client/sign_ups/{id}");
    let form = [("email_address", "eve@northwind.example")];
    browser.call("PATCH", &path, &form).await.ok();
    let form = [("strategy", "email_code")];
    browser
        .post(&format!("{path}/prepare_verification"), &form)
        .await
        .ok();
    let code = social.code("eve@northwind.example");
    assert_eq!(
        browser.attempt_sign_up(&id, &code).await.ok()["status"],
        "complete"
    );
    let user = user_of(&mut browser).await;
    assert_eq!(user["email_addresses"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn whoever_refuses_reads_so() {
    let social = Social::new().await;
    for kind in ["sign_ins", "sign_ups"] {
        let mut browser = social.browser();
        let (id, url) = depart(&mut browser, kind, "oauth_google").await;
        let path = social.answer(&url, &[("decision", "refuse")]).await;
        assert_eq!(location(&browser.get(&path).await), PAGE);
        let reply = browser.get(&format!("/v1/client/{kind}/{id}")).await;
        let attempt = reply.ok();
        let verification = match kind {
            "sign_ins" => &attempt["first_factor_verification"],
            _ => &attempt["verifications"]["external_account"],
        };
        assert_eq!(verification["status"], "failed");
        assert_eq!(verification["error"]["code"], "oauth_access_denied");
    }
}

#[tokio::test]
async fn a_second_factor_is_asked_for_as_after_a_password() {
    let social = Social::new().await;
    let ada = person("Ada Lovelace", "ada@northwind.example");
    let mut browser = social.newcomer("oauth_google", &ada).await;
    let (phone, _) = browser.enrol(&social.world).await;

    let mut again = social.browser();
    let reply = social.sign_in(&mut again, "oauth_google", &ada).await;
    assert_eq!(location(&reply), PAGE);
    let sign_in = sign_in_of(&mut again).await;
    assert_eq!(sign_in["status"], "needs_second_factor");
    assert_eq!(sign_in["first_factor_verification"]["status"], "verified");
    assert_eq!(
        sign_in["first_factor_verification"]["strategy"],
        "oauth_google"
    );
    let id = sign_in["id"].as_str().unwrap();
    let code = phone.code(&social.world, 0);
    let reply = again.attempt_second(id, "totp", &code).await;
    assert_eq!(reply.ok()["status"], "complete", "{}", reply.body);
}

#[tokio::test]
async fn an_attempt_with_an_identifier_goes_on_by_a_provider() {
    let social = Social::new().await;
    social.signed_up("ada@northwind.example").await;
    let mut browser = social.browser();
    let sign_in = browser.begin_sign_in("ada@northwind.example").await;
    let id = sign_in["id"].as_str().unwrap();
    let path = format!("/v1/client/sign_ins/{id}/prepare_first_factor");
    let form = [("strategy", "oauth_google"), ("redirect_url", PAGE)];
    let reply = browser.post(&path, &form).await;
    let verification = &reply.ok()["first_factor_verification"];
    let url = verification["external_verification_redirect_url"]
        .as_str()
        .unwrap();
    let url = url.parse().unwrap();
    let ada = person("Ada Lovelace", "ada@northwind.example");
    let path = social.answer(&url, &ada).await;
    // Where nothing else was said, the end is the page itself.
    assert_eq!(location(&browser.get(&path).await), PAGE);
    browser.session().await;
}

#[tokio::test]
async fn banned_and_locked_users_stay_out() {
    let social = Social::new().await;
    let ada = person("Ada Lovelace", "ada@northwind.example");
    let mut browser = social.newcomer("oauth_google", &ada).await;
    let id = user_of(&mut browser).await["id"]
        .as_str()
        .unwrap()
        .to_owned();
    for (column, code) in [
        ("banned = true", "user_banned"),
        ("banned = false, locked_until = '2030-01-01'", "user_locked"),
    ] {
        let change = format!("update idp.users set {column} where id = '{id}'");
        social.pool.batch(&change).await.unwrap();
        let mut again = social.browser();
        let reply = social.sign_in(&mut again, "oauth_google", &ada).await;
        assert_eq!(location(&reply), PAGE);
        let verification = sign_in_of(&mut again).await["first_factor_verification"].clone();
        assert_eq!(verification["status"], "failed");
        assert_eq!(verification["error"]["code"], code);
        let client = again.get("/v1/client").await;
        assert_eq!(client.ok()["sessions"], serde_json::json!([]));
    }
}

//! E-mail addresses, phone numbers and pictures of any user, for servers.

use http::Method;
use serde_json::json;

use super::world::{SECRET_KEY, World};

const ADA: &str = "ada@x.example";
const NUMBER: &str = "+31612345678";

#[tokio::test]
async fn addresses_are_added_changed_and_removed() {
    let world = World::new().await;
    let ada = world.user(ADA).await;
    let body = json!({ "user_id": ada, "email_address": "b@x.example" });
    let email = world.post("/email_addresses", body.clone()).await.ok();
    let path = format!("/email_addresses/{}", email["id"].as_str().unwrap());
    assert_eq!(email["verification"], json!(null));
    world.post("/email_addresses", body).await.refused(
        422,
        "form_identifier_exists",
        "email_address",
    );
    world
        .patch(&path, json!({ "primary": true }))
        .await
        .refused(422, "form_param_value_invalid", "primary_email_address_id");
    let body = json!({ "verified": true, "primary": true });
    let email = world.patch(&path, body).await.ok();
    assert_eq!(email["verification"]["strategy"], "admin");
    let user = world.get(&format!("/users/{ada}")).await.ok();
    assert_eq!(user["primary_email_address_id"], email["id"]);
    assert_eq!(world.get(&path).await.ok()["email_address"], "b@x.example");

    let email = world.patch(&path, json!({ "verified": false })).await.ok();
    assert_eq!(email["verification"], json!(null));
    let user = world.get(&format!("/users/{ada}")).await.ok();
    let first = user["email_addresses"].as_array().unwrap().iter();
    let first = first
        .clone()
        .find(|email| email["email_address"] == ADA)
        .unwrap();
    assert_eq!(user["primary_email_address_id"], first["id"]);
    assert_eq!(world.delete(&path).await.ok()["deleted"], true);
    world
        .get(&path)
        .await
        .refused(404, "resource_not_found", "");
    let path = format!("/email_addresses/{}", first["id"].as_str().unwrap());
    world
        .delete(&path)
        .await
        .refused(400, "last_required_identification_deletion_failed", "");

    let path = format!("/users/{ada}/email_address");
    let email = world
        .put(&path, json!({ "email_address": "c@x.example" }))
        .await
        .ok();
    let user = world.get(&format!("/users/{ada}")).await.ok();
    assert_eq!(user["email_addresses"].as_array().unwrap().len(), 1);
    assert_eq!(user["primary_email_address_id"], email["id"]);
}

#[tokio::test]
async fn numbers_are_added_changed_and_removed() {
    let world = World::new().await;
    let ada = world.user(ADA).await;
    let body = json!({ "user_id": ada, "phone_number": "no number" });
    world.post("/phone_numbers", body).await.refused(
        422,
        "form_param_format_invalid",
        "phone_number",
    );
    let body = json!({ "user_id": ada, "phone_number": NUMBER, "verified": true });
    let phone = world.post("/phone_numbers", body).await.ok();
    let path = format!("/phone_numbers/{}", phone["id"].as_str().unwrap());
    let user = world.get(&format!("/users/{ada}")).await.ok();
    assert_eq!(user["primary_phone_number_id"], phone["id"]);
    let body = json!({ "reserved_for_second_factor": true });
    let phone = world.patch(&path, body).await.ok();
    assert_eq!(phone["reserved_for_second_factor"], true);
    assert_eq!(world.get(&path).await.ok()["phone_number"], NUMBER);
    let put = format!("/users/{ada}/phone_number");
    let phone = world
        .put(&put, json!({ "phone_number": "+31687654321" }))
        .await
        .ok();
    world
        .get(&path)
        .await
        .refused(404, "resource_not_found", "");
    let path = format!("/phone_numbers/{}", phone["id"].as_str().unwrap());
    assert_eq!(world.delete(&path).await.ok()["deleted"], true);
}

#[tokio::test]
async fn a_picture_is_given_and_taken() {
    let world = World::new().await;
    let ada = world.user(ADA).await;
    let path = format!("/users/{ada}/profile_image");
    world
        .delete(&path)
        .await
        .refused(404, "resource_not_found", "");
    let body = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.gif\"\r\n\r\n\
                GIF89a....\r\n--x--\r\n";
    let request = world
        .request(Method::POST, &path)
        .bearer_auth(SECRET_KEY)
        .header("content-type", "multipart/form-data; boundary=x")
        .body(body);
    let user = world.send(request).await.ok();
    assert_eq!(user["has_image"], true);
    assert_eq!(world.delete(&path).await.ok()["has_image"], false);
}

#[tokio::test]
async fn a_server_sends_a_code_and_judges_the_answer() {
    let world = World::new().await;
    let ada = world.user(ADA).await;
    let body = json!({ "user_id": ada, "phone_number": NUMBER, "verified": true });
    let phone = world.post("/phone_numbers", body).await.ok();
    let user = world.get(&format!("/users/{ada}")).await.ok();
    let email_id = user["primary_email_address_id"].as_str().unwrap();
    let phone_id = phone["id"].as_str().unwrap();
    for (path, to, other) in [
        (
            format!("/email_addresses/{email_id}"),
            ADA,
            format!("/phone_numbers/{phone_id}"),
        ),
        (
            format!("/phone_numbers/{phone_id}"),
            NUMBER,
            format!("/email_addresses/{email_id}"),
        ),
    ] {
        let asked = world
            .act(&format!("{path}/prepare_verification"))
            .await
            .ok();
        assert_eq!(asked["status"], "unverified");
        let mails = world.mails(to);
        let mail = mails.last().unwrap();
        let text = if mail.subject.is_empty() {
            &mail.text
        } else {
            &mail.subject
        };
        let code: String = text.chars().take(6).collect();
        let body = |code: &str| json!({ "verification_id": asked["id"], "code": code });
        // A verification belongs to where its code was sent.
        world
            .post(&format!("{other}/attempt_verification"), body(&code))
            .await
            .refused(404, "resource_not_found", "");
        let attempt = format!("{path}/attempt_verification");
        let wrong = if code == "000000" { "000001" } else { "000000" };
        world
            .post(&attempt, body(wrong))
            .await
            .refused(422, "form_code_incorrect", "code");
        let reply = world.post(&attempt, body(&code)).await.ok();
        assert_eq!(reply["status"], "verified");
        world
            .post(&attempt, body(&code))
            .await
            .refused(400, "verification_already_verified", "");
    }
}

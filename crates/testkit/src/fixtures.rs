//! What the identity provider says of its users, organizations and memberships, in its own words.

use jiff::Timestamp;
use serde_json::{Value, json};

/// A user with a verified primary e-mail.
#[must_use]
pub fn user(id: &str, first_name: &str, last_name: &str, email: &str, at: Timestamp) -> Value {
    let at = at.as_millisecond();
    let address = format!("idn_of_{id}");
    json!({
        "object": "user", "id": id, "external_id": null, "username": null,
        "first_name": first_name, "last_name": last_name,
        "image_url": "https://img.example.com/avatar", "has_image": false,
        "primary_email_address_id": address,
        "email_addresses": [{
            "object": "email_address", "id": address, "email_address": email,
            "verification": {"object": "verification_admin", "status": "verified", "strategy": "admin"},
            "linked_to": []
        }],
        "phone_numbers": [], "external_accounts": [],
        "public_metadata": {}, "private_metadata": {}, "unsafe_metadata": {},
        "banned": false, "locked": false, "last_sign_in_at": null,
        "created_at": at, "updated_at": at
    })
}

/// An organization.
#[must_use]
pub fn organization(id: &str, name: &str, slug: &str, created_by: &str, at: Timestamp) -> Value {
    let at = at.as_millisecond();
    json!({
        "object": "organization", "id": id, "name": name, "slug": slug, "created_by": created_by,
        "image_url": "https://img.example.com/logo", "has_image": false,
        "max_allowed_memberships": 0, "public_metadata": {}, "private_metadata": {},
        "created_at": at, "updated_at": at
    })
}

/// A user in an organization.
#[must_use]
pub fn membership(organization: &Value, user: &Value, role: &str, at: Timestamp) -> Value {
    let at = at.as_millisecond();
    let (org_id, user_id) = (text(organization, "id"), text(user, "id"));
    json!({
        "object": "organization_membership", "id": format!("orgmem_{org_id}_{user_id}"), "role": role,
        "permissions": [], "public_metadata": {}, "private_metadata": {},
        "organization": organization,
        "public_user_data": {
            "user_id": user_id, "first_name": user["first_name"], "last_name": user["last_name"],
            "identifier": user["email_addresses"][0]["email_address"],
            "image_url": user["image_url"], "has_image": false
        },
        "created_at": at, "updated_at": at
    })
}

/// What is left of a deleted user or organization.
#[must_use]
pub fn deleted(resource: &Value) -> Value {
    json!({"object": resource["object"], "id": resource["id"], "deleted": true})
}

/// The resource changed at `at`, with some members replaced.
#[must_use]
pub fn changed(resource: &Value, at: Timestamp, changes: Value) -> Value {
    let mut changed = resource.clone();
    let members = changed.as_object_mut().unwrap();
    if let Value::Object(changes) = changes {
        members.extend(changes);
    }
    members.insert("updated_at".to_owned(), at.as_millisecond().into());
    changed
}

/// An event about `data` that happened at `at`.
#[must_use]
pub fn event(event_type: &str, data: &Value, at: Timestamp) -> Value {
    json!({
        "object": "event", "type": event_type, "data": data, "instance_id": "ins_of_tests",
        "timestamp": at.as_millisecond(),
        "event_attributes": {"http_request": {"client_ip": "", "user_agent": ""}}
    })
}

/// A member of an object that is text.
#[must_use]
pub(crate) fn text(value: &Value, member: &str) -> String {
    let text = value[member].as_str();
    text.unwrap_or_else(|| panic!("no text {member} in {value}"))
        .to_owned()
}

//! What shortcodes can name.

use bailiwick_pg::Tx;
use serde_json::{Map, Value, json};

use crate::domain::people;
use crate::error::{Refusal, Result};
use crate::instance::Idp;
use crate::model::user::Person;
use crate::model::{self, ms, ms_opt};
use crate::store::memberships::{Membership, list_all_by_user};
use crate::store::sessions::Session;

/// Everything that the shortcodes in `claims` can name, as one JSON object.
pub(super) async fn load(
    idp: &Idp,
    tx: &mut Tx,
    claims: &Value,
    session: &Session,
    membership: Option<&Membership>,
) -> Result<Value> {
    let person = people::find(tx, &session.user_id).await?;
    let person = person.ok_or_else(|| Refusal::not_found("User"))?;
    let mut user = user(idp, &person);
    if claims.to_string().contains("user.organizations") {
        let rows = list_all_by_user(tx, &session.user_id).await?;
        let roles = rows.iter().map(|row| {
            let role = Value::from(row.role.as_str());
            (row.organization.id.clone(), role)
        });
        user["organizations"] = Value::Object(roles.collect::<Map<_, _>>());
    }
    Ok(json!({
        "user": user,
        "org": membership.map(|membership| organization(idp, membership)),
        "org_membership": membership.map(|membership| json!({
            "id": membership.id,
            "role": membership.role,
            "permissions": membership.permissions,
            "public_metadata": membership.public_metadata,
        })),
        "session": { "id": session.id, "actor": session.actor },
    }))
}

fn user(idp: &Idp, person: &Person) -> Value {
    let user = &person.user;
    let names = [user.first_name.as_deref(), user.last_name.as_deref()];
    let full: Vec<&str> = names.into_iter().flatten().collect();
    let phone = person.primary_phone();
    json!({
        "id": user.id,
        "external_id": user.external_id,
        "username": user.username,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "full_name": (!full.is_empty()).then(|| full.join(" ")),
        "primary_email_address": person.primary_email().map(|email| email.address.as_str()),
        "email_verified": person.primary_email().is_some_and(|email| email.verified_at.is_some()),
        "primary_phone_number": phone.map(|phone| phone.number.as_str()),
        "phone_number_verified": phone.is_some_and(|phone| phone.verified_at.is_some()),
        "primary_web3_wallet": null,
        "image_url": person.image_url(idp.config()),
        "has_image": person.has_image(),
        "two_factor_enabled": person.has_second_factor(),
        "public_metadata": user.public_metadata,
        "unsafe_metadata": user.unsafe_metadata,
        "last_sign_in_at": ms_opt(user.last_sign_in_at),
        "created_at": ms(user.created_at),
        "updated_at": ms(user.updated_at),
    })
}

fn organization(idp: &Idp, membership: &Membership) -> Value {
    let shown = model::organization::organization(idp.config(), &membership.organization);
    json!({
        "id": shown["id"],
        "name": shown["name"],
        "slug": shown["slug"],
        "role": membership.role,
        "image_url": shown["image_url"],
        "has_image": shown["has_image"],
        "public_metadata": shown["public_metadata"],
    })
}

//! Users into a file.

use super::Record;
use crate::domain::people;
use crate::error::Result;
use crate::instance::Idp;
use crate::model::user::Person;
use crate::store::search::Order;
use crate::store::search::users::{UserFilter, UserKey};
use crate::store::{self, Page};

/// A page of users, the oldest first, after the user `after`. Digests of passwords are secrets and
/// come only where they are asked for. An empty page is the end.
pub async fn export(
    idp: &Idp,
    after: Option<&str>,
    with_passwords: bool,
) -> Result<Vec<(String, Record)>> {
    let order = Order {
        key: UserKey::CreatedAt,
        descending: false,
    };
    let page = Page::new(Some(Page::MAX), None);
    let filter = UserFilter::default();
    let mut tx = idp.pool().begin().await?;
    let users = store::search::users::list(&mut tx, &filter, order, after, page).await?;
    let ids: Vec<String> = users.into_iter().map(|user| user.id).collect();
    let mut found = people::load(&mut tx, &ids).await?;
    tx.commit().await?;
    let records = ids.into_iter().filter_map(|id| {
        let person = found.remove(&id)?;
        Some((id, record(&person, with_passwords)))
    });
    Ok(records.collect())
}

fn record(person: &Person, with_passwords: bool) -> Record {
    let user = &person.user;
    let emails = |is_verified: bool| {
        let emails = person.emails.iter();
        let some = emails.filter(move |email| email.verified_at.is_some() == is_verified);
        some.map(|email| email.address.clone()).collect()
    };
    let phones = |is_verified: bool| {
        let phones = person.phones.iter();
        let some = phones.filter(move |phone| phone.verified_at.is_some() == is_verified);
        some.map(|phone| phone.number.clone()).collect()
    };
    let object = |value: &serde_json::Value| value.as_object().cloned().unwrap_or_default();
    let digest = user.password_digest.as_deref().filter(|_| with_passwords);
    let (hasher, digest) = digest.map(named).unzip();
    Record {
        id: Some(user.id.clone()),
        external_id: user.external_id.clone(),
        first_name: user.first_name.clone(),
        last_name: user.last_name.clone(),
        username: user.username.clone(),
        primary_email_address: person.primary_email().map(|email| email.address.clone()),
        verified_email_addresses: emails(true),
        unverified_email_addresses: emails(false),
        primary_phone_number: person.primary_phone().map(|phone| phone.number.clone()),
        verified_phone_numbers: phones(true),
        unverified_phone_numbers: phones(false),
        password: None,
        password_digest: digest,
        password_hasher: hasher,
        totp_secret: None,
        public_metadata: object(&user.public_metadata),
        private_metadata: object(&user.private_metadata),
        unsafe_metadata: object(&user.unsafe_metadata),
        banned: user.banned,
        created_at: Some(user.created_at),
    }
}

/// A stored digest as its hasher's name and the digest that it takes.
fn named(stored: &str) -> (String, String) {
    let foreign = stored
        .strip_prefix('{')
        .and_then(|rest| rest.split_once('}'));
    let (hasher, digest) = foreign.unwrap_or_else(|| {
        let hasher = stored.split('$').nth(1).unwrap_or("argon2id");
        (hasher, stored)
    });
    (hasher.to_owned(), digest.to_owned())
}

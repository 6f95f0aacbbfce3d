//! Who pays.

use serde_json::{Value, json};

use super::money;
use crate::config::IdpConfig;
use crate::model::ms;
use crate::model::user::Person;
use crate::store::billing::subscriptions::Subscription;
use crate::store::organizations::Organization;

/// Who pays.
#[derive(Clone, Debug)]
pub enum Payer {
    /// An organization.
    Organization(Box<Organization>),
    /// A user.
    User(Box<Person>),
}

impl Payer {
    fn image_url(&self, config: &IdpConfig) -> String {
        match self {
            Self::Organization(organization) => {
                crate::model::organization::image_url(config, organization)
            }
            Self::User(person) => person.image_url(config),
        }
    }

    fn person(&self) -> Option<&Person> {
        match self {
            Self::Organization(_) => None,
            Self::User(person) => Some(person),
        }
    }

    fn organization(&self) -> Option<&Organization> {
        match self {
            Self::Organization(organization) => Some(organization),
            Self::User(_) => None,
        }
    }

    fn email(&self) -> Option<&str> {
        let email = self.person()?.primary_email()?;
        Some(email.address.as_str())
    }
}

/// A payer.
#[must_use]
pub fn payer(
    config: &IdpConfig,
    instance_id: &str,
    payer: &Payer,
    of: &Subscription,
    currency: &str,
) -> Value {
    let (person, organization) = (payer.person(), payer.organization());
    json!({
        "object": "commerce_payer",
        "id": of.payer_id,
        "instance_id": instance_id,
        "user_id": person.map(|person| &person.user.id),
        "first_name": person.and_then(|person| person.user.first_name.as_ref()),
        "last_name": person.and_then(|person| person.user.last_name.as_ref()),
        "email": payer.email(),
        "organization_id": organization.map(|organization| &organization.id),
        "organization_name": organization.map(|organization| &organization.name),
        "image_url": payer.image_url(config),
        "credits_balance": money(of.credits, currency),
        "created_at": ms(of.created_at),
        "updated_at": ms(of.updated_at),
    })
}

/// A payer, as webhooks and older forms show it: what does not apply is empty rather than null.
#[must_use]
pub fn plain(config: &IdpConfig, payer: &Payer, of: &Subscription) -> Value {
    let (person, organization) = (payer.person(), payer.organization());
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    json!({
        "object": "commerce_payer",
        "id": of.payer_id,
        "user_id": text(person.map(|person| person.user.id.as_str())),
        "first_name": text(person.and_then(|person| person.user.first_name.as_deref())),
        "last_name": text(person.and_then(|person| person.user.last_name.as_deref())),
        "email": text(payer.email()),
        "organization_id": text(organization.map(|own| own.id.as_str())),
        "organization_name": text(organization.map(|own| own.name.as_str())),
        "image_url": payer.image_url(config),
        "created_at": ms(of.created_at),
        "updated_at": ms(of.updated_at),
    })
}

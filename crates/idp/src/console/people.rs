//! Users as pages show them.

use maud::{Markup, html};

use super::Console;
use crate::model::user::Person;

/// What a user is called: the name, or else what identifies them, or else the id.
pub(super) fn name(person: &Person) -> String {
    let user = &person.user;
    let parts = [user.first_name.as_deref(), user.last_name.as_deref()];
    let full: Vec<&str> = parts.into_iter().flatten().collect();
    if !full.is_empty() {
        return full.join(" ");
    }
    match person.identifier() {
        "" => user.id.clone(),
        identifier => identifier.to_owned(),
    }
}

/// Picture, name and address of a user, as a link.
pub(super) fn who(console: &Console, person: &Person) -> Markup {
    html! {
        a.who href={ "/console/users/" (person.user.id) } {
            img.face src=(person.image_url(console.idp.config())) alt="" loading="lazy";
            span { b { (name(person)) } small { (person.identifier()) } }
        }
    }
}

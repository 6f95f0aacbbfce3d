//! Fields that making and changing an application have in common.

use crate::backend::form::Form;
use crate::domain::oauth::{self, SCOPES, applications::are_redirects};
use crate::error::Refusal;

/// Takes the addresses out of the form; an older client names one alone.
pub(super) fn redirect_uris(form: &mut Form) -> Option<Vec<String>> {
    let (has_list, callback) = (form.has("redirect_uris"), form.name("callback_url"));
    let mut uris = form.texts("redirect_uris");
    if !has_list && callback.is_none() {
        return None;
    }
    uris.extend(callback.flatten());
    uris.dedup();
    if !are_redirects(&uris) {
        let text = "redirect_uris are 1 to 20 addresses under https, of this machine, or of a \
                    scheme that has a dot.";
        form.refuse(Refusal::format("redirect_uris", text));
    }
    Some(uris)
}

/// Takes scopes out of the form, with spaces between.
pub(super) fn scopes(form: &mut Form) -> Option<String> {
    let text = form.name("scopes").flatten()?;
    match oauth::scopes(&text) {
        Some(scopes) => Some(scopes.join(" ")),
        None => {
            let text = format!("The scopes are {}.", SCOPES.join(", "));
            form.refuse(Refusal::format("scopes", &text));
            None
        }
    }
}

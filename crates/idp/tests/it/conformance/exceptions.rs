//! Where the official documents contradict themselves, Clerk's own clients, or what they describe
//! in prose. Everything here is named with its reason; nothing else may deviate.

use super::document::Api;

/// A violation that is the document's fault.
struct Defect {
    /// `fapi`, `bapi` or `webhooks`.
    api: &'static str,
    /// The violation; `*` stands for anything.
    pattern: &'static str,
}

/// Each group with its reason.
const DEFECTS: &[Defect] = &[
    // Until a code is asked for there is neither a strategy nor an end, and the components take
    // a named strategy for a code that has been sent.
    Defect {
        api: "fapi",
        pattern: "*/verifications/*/strategy: null is no string",
    },
    Defect {
        api: "fapi",
        pattern: "*/verifications/*/expire_at: null is no integer",
    },
    // That an organization has to be chosen, and what a new one is proposed: the components read
    // both there, and the document has them nowhere.
    Defect {
        api: "fapi",
        pattern: "/organization_settings/force_organization_selection is unknown",
    },
    Defect {
        api: "fapi",
        pattern: "/organization_settings/organization_creation_defaults is unknown",
    },
    // The end of a testing token is in seconds, as the example of its schema shows.
    Defect {
        api: "bapi",
        pattern: "/expires_at: 17* are no milliseconds of our time",
    },
    // Sessions with tasks are pending: two of the four lists of their states forget it.
    Defect {
        api: "fapi",
        pattern: "*status: \"pending\" is none of [String(\"active\"),*",
    },
    Defect {
        api: "webhooks",
        pattern: "/data/status: \"pending\" is none of [String(\"active\"),*",
    },
];

/// Successes that are answered with another status than the document's: interface, operation, the
/// document's and ours.
const STATUSES: &[(Api, &str, u16, u16)] = &[
    // Clerk's own SDK for Python accepts this one alone, as it does for tokens of machines.
    (Api::Backend, "createApiKey", 200, 201),
];

/// Refusals that any operation can meet: the documents list them for some operations only.
const ANYWHERE: &[u16] = &[400, 401, 403, 404, 405, 413, 415, 422, 429, 500, 503];

/// Paths that are no operations of the documents, each with the reason why it is served.
const UNDOCUMENTED: &[(Api, &str)] = &[
    // Scripts that the page loads, and pictures that resources name.
    (Api::Frontend, "/npm/"),
    (Api::Frontend, "/images/"),
    // What the components ask of an organization's billing beside what is documented; of a user's
    // the document has the first.
    (
        Api::Frontend,
        "/v1/organizations/*/billing/payment_attempts",
    ),
    (Api::Frontend, "/v1/organizations/*/billing/credits"),
    (Api::Frontend, "/v1/me/billing/credits"),
    // Components prolong a cookie of their own accord when it is about to end.
    (Api::Frontend, "/v1/client/touch"),
    // The page on which a link of another browser is confirmed posts to the link itself.
    (Api::Frontend, "/v1/verify"),
];

/// Whether this violation is the document's fault.
pub fn is_defect(api: &str, violation: &str) -> bool {
    DEFECTS
        .iter()
        .any(|defect| defect.api == api && matches(defect.pattern, violation))
}

/// Whether `text` consists of the parts between the stars, in their order.
fn matches(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(mut text) = text.strip_prefix(first) else {
        return false;
    };
    let (middle, last) = rest.rsplit_once('*').unwrap_or(("", rest));
    for part in middle.split('*').filter(|part| !part.is_empty()) {
        match text.split_once(part) {
            Some((_, after)) => text = after,
            None => return false,
        }
    }
    text.ends_with(last)
}

/// The status under which the document has what an operation answers with `status`.
pub fn documented(api: Api, operation: &str, status: u16) -> u16 {
    let mut all = STATUSES.iter();
    let own = all.find(|(of, id, _, own)| (*of, *id, *own) == (api, operation, status));
    own.map_or(status, |(_, _, documented, _)| *documented)
}

/// Whether a status may be answered where the document does not list it.
pub fn may_answer(status: u16) -> bool {
    ANYWHERE.contains(&status)
}

/// Whether this path is none of the document's.
pub fn is_undocumented(api: Api, path: &str) -> bool {
    UNDOCUMENTED
        .iter()
        .any(|(of, prefix)| *of == api && matches(&format!("{prefix}*"), path))
}

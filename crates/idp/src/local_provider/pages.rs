//! The pages: plain HTML that needs no script, light and dark.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};

use super::flavor::Flavor;
use super::people::Face;

/// The pages load nothing and stand in no frame.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; \
     frame-ancestors 'none'";

const STYLE: &str = include_str!("page.css");

/// A page.
pub struct Page(String);

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let mut response = axum::response::Html(self.0).into_response();
        let headers = response.headers_mut();
        for (name, value) in [
            (header::CONTENT_SECURITY_POLICY, POLICY),
            (header::CACHE_CONTROL, "no-store"),
            (header::REFERRER_POLICY, "no-referrer"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        response
    }
}

/// Who shall it be? `hint` fills in the address, `error` says what was wrong before.
pub fn sign_in(flavor: Flavor, faces: &[Face], hint: Option<&str>, error: &str) -> Page {
    let name = flavor.name();
    let people: String = faces.iter().map(person).collect();
    let error = match error {
        "" => String::new(),
        text => format!("<p class='error' role='alert'>{}</p>", escape(text)),
    };
    let hint = escape(hint.unwrap_or_default());
    page(
        flavor,
        &format!("Sign in with {name}"),
        &format!(
            "<p class='lead'>Choose who you are at {name} today. This page plays {name} on your \
             own machine: it asks for no password, and nothing leaves it.</p>{error}\
             <form method='post' class='people'>{people}</form>\
             <form method='post' class='other'><h2>Somebody else</h2>\
             <label>Name<input name='name' autocomplete='off' required maxlength='200' \
             placeholder='Ada Lovelace'></label>\
             <label>E-mail address<input name='email' type='email' autocomplete='off' required \
             maxlength='254' placeholder='ada@example.com' value='{hint}'></label>\
             <label class='check'><input type='checkbox' name='verified' value='yes' checked>\
             {name} has verified this address</label>\
             <button class='primary'>Continue</button></form>\
             <form method='post' class='end'>\
             <button name='decision' value='refuse'>Refuse and go back</button></form>"
        ),
    )
}

/// A request that cannot be answered by going back.
pub fn refusal(flavor: Flavor, text: &str) -> Page {
    let body = format!("<p class='error' role='alert'>{}</p>", escape(text));
    page(flavor, "This does not work", &body)
}

fn person(face: &Face) -> String {
    let (name, email) = (escape(&face.name), escape(&face.email));
    let initials: String = face
        .name
        .split_whitespace()
        .filter_map(|word| word.chars().next())
        .take(2)
        .flat_map(char::to_uppercase)
        .collect();
    let note = if face.is_verified {
        ""
    } else {
        "<em>not verified</em>"
    };
    format!(
        "<button name='face' value='{email}'><span class='face' aria-hidden='true'>{}</span>\
         <span><b>{name}</b><small>{email}{note}</small></span></button>",
        escape(&initials)
    )
}

fn page(flavor: Flavor, title: &str, body: &str) -> Page {
    let (logo, key) = (flavor.logo(), flavor.key());
    Page(format!(
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>\
         <meta name='viewport' content='width=device-width,initial-scale=1'>\
         <meta name='color-scheme' content='light dark'>\
         <title>{title} (local)</title><style>{STYLE}</style></head>\
         <body class='{key}'><main><header>{logo}<h1>{title}</h1></header>{body}</main>\
         </body></html>"
    ))
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_stays_text() {
        let face = Face {
            name: "<script>alert(1)</script>".to_owned(),
            email: "a'onfocus='x@x.example".to_owned(),
            is_verified: false,
        };
        let Page(html) = sign_in(Flavor::Google, &[face], Some("'><b>"), "<i>");
        for broken in ["<script", "'onfocus", "'><b>", "<i>"] {
            assert!(!html.contains(broken), "{broken}");
        }
        assert!(html.contains("&lt;script&gt;") && html.contains("not verified"));
    }
}

//! What an application asks a browser to bring.

use bailiwick_pg::Tx;
use http::StatusCode;
use url::Url;

use crate::domain::oauth::{self, grants::Ask};
use crate::error::{Error, Refusal, Result};
use crate::frontend::fields::Fields;
use crate::store::oauth::applications::{self as rows, Application};

/// A request whose application and address are known: from here on, whatever is wrong is told to
/// the application.
pub struct Request {
    /// Who asks.
    pub application: Application,
    /// What for.
    pub ask: Ask,
    /// Given back as it is.
    pub state: Option<String>,
    /// What the browser may be shown: `none`, `consent`, or what is needed.
    pub prompt: String,
}

/// Reads a request. 400 where the application or its address is unknown: nobody is led anywhere.
/// The inner error is one for the application.
pub async fn read(tx: &mut Tx, fields: &Fields, client_id: &str) -> Result<Result<Request, Wrong>> {
    let refuse = |text: &str| {
        let status = StatusCode::BAD_REQUEST;
        Err(Error::from(Refusal::new(
            status,
            "oauth_invalid_request",
            text,
        )))
    };
    let Some(application) = rows::find(tx, client_id)
        .await?
        .filter(|row| row.client_id == client_id)
    else {
        return refuse("The application is unknown.");
    };
    let redirect_uri = match (fields.get("redirect_uri"), &application.redirect_uris[..]) {
        (Some(uri), known) if known.iter().any(|own| own == uri) => uri.to_owned(),
        (None, [only]) => only.clone(),
        _ => return refuse("The redirect_uri is none of the application's."),
    };
    let state = fields.get("state").map(str::to_owned);
    let wrong = |error: &'static str, text: &'static str| Wrong {
        error,
        text,
        redirect_uri: redirect_uri.clone(),
        state: state.clone(),
    };
    let asked = match fields.all("scope").join(" ") {
        text if text.is_empty() => application.scopes.clone(),
        text => text,
    };
    let allowed = oauth::scopes(&application.scopes).unwrap_or_default();
    let scopes =
        oauth::scopes(&asked).filter(|asked| asked.iter().all(|scope| allowed.contains(scope)));
    let challenge = fields.get("code_challenge");
    let is_challenge = challenge.is_none_or(|text| {
        (43..=128).contains(&text.len()) && fields.get("code_challenge_method") == Some("S256")
    });
    let fits = |name: &str| fields.get(name).is_none_or(|text| text.len() <= 1024);
    Ok(if fields.get("response_type") != Some("code") {
        Err(wrong(
            "unsupported_response_type",
            "The response_type must be code.",
        ))
    } else if !is_challenge || (challenge.is_none() && application.pkce_required) {
        Err(wrong(
            "invalid_request",
            "A code_challenge of method S256 is needed.",
        ))
    } else if !fits("state") || !fits("nonce") {
        Err(wrong("invalid_request", "A parameter is too long."))
    } else if !matches!(fields.get("response_mode"), None | Some("query")) {
        Err(wrong("invalid_request", "The response_mode must be query."))
    } else if !matches!(fields.get("prompt"), None | Some("none" | "consent")) {
        Err(wrong(
            "invalid_request",
            "The prompt must be none or consent.",
        ))
    } else if let Some(scopes) = scopes {
        Ok(Request {
            ask: Ask {
                redirect_uri: redirect_uri.clone(),
                scopes,
                code_challenge: challenge.map(str::to_owned),
                nonce: fields.get("nonce").map(str::to_owned),
            },
            state: state.clone(),
            prompt: fields.get("prompt").unwrap_or_default().to_owned(),
            application,
        })
    } else {
        Err(wrong(
            "invalid_scope",
            "The application may not ask for this scope.",
        ))
    })
}

/// What is wrong with a request, for its application.
pub struct Wrong {
    /// A word of the protocol.
    pub error: &'static str,
    /// For developers.
    pub text: &'static str,
    /// Where it is told.
    pub redirect_uri: String,
    /// Given back as it is.
    pub state: Option<String>,
}

impl Request {
    /// A refusal for the application.
    pub fn wrong(&self, error: &'static str, text: &'static str) -> Wrong {
        Wrong {
            error,
            text,
            redirect_uri: self.ask.redirect_uri.clone(),
            state: self.state.clone(),
        }
    }
}

/// The application's address with an answer in its query.
pub fn answer(redirect_uri: &str, state: Option<&str>, pairs: &[(&str, &str)]) -> Result<Url> {
    let mut url = Url::parse(redirect_uri)
        .map_err(|error| Error::Internal(format!("a stored redirect_uri: {error}")))?;
    let mut query = url.query_pairs_mut();
    query.extend_pairs(pairs);
    if let Some(state) = state {
        query.append_pair("state", state);
    }
    drop(query);
    Ok(url)
}

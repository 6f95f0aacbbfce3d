//! Leading a browser on, to our own application and nowhere else.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};

use crate::error::Result;
use crate::frontend::redirects;
use crate::frontend::request::Meta;
use crate::instance::Idp;

/// `GET /v1/redirect?redirect_url=`: to that page of the application, or to its home. 422 for an
/// address outside the application. Public.
pub async fn get(State(idp): State<Idp>, meta: Meta) -> Result<Response> {
    let config = idp.config();
    let url = match meta.query.raw("redirect_url") {
        None | Some("") => format!("{}/", config.home_url),
        Some(text) => redirects::read(config, text, "redirect_url")?.into(),
    };
    Ok(Redirect::temporary(&url).into_response())
}

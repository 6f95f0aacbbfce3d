//! The OpenAPI 3.1 document: assembled from the code, served, and shown as a reference page.

use std::sync::Arc;

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::HeaderMap;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use utoipa::PartialSchema as _;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    Components, ContentBuilder, InfoBuilder, OpenApi, OpenApiBuilder, Ref, RefOr,
    Response as Answer, ResponseBuilder,
};

use crate::assets;
use crate::extract::Path;
use crate::problem::ProblemBody;
use crate::state::AppState;

/// The name of the scheme that operations ask for unless they say `security(())`.
const BEARER: &str = "bearer";

/// The document before any resource has put its operations in.
pub(crate) fn skeleton() -> OpenApi {
    let info = InfoBuilder::new()
        .title("Bailiwick")
        .version("1")
        .description(Some(
            "Every path is also served under `/api`. Errors are problem details (RFC 9457) with a \
             machine code.",
        ))
        .build();
    let mut components = Components::new();
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("A session token of the identity provider."))
        .build();
    components.add_security_scheme(BEARER, SecurityScheme::Http(bearer));
    let schemas = [
        ("Problem".to_owned(), ProblemBody::schema()),
        (
            "FieldError".to_owned(),
            bailiwick_kernel::FieldError::schema(),
        ),
        ("Refusal".to_owned(), bailiwick_kernel::Refusal::schema()),
        (
            "RequestId".to_owned(),
            bailiwick_kernel::id::RequestId::schema(),
        ),
    ];
    components.schemas.extend(schemas);
    OpenApiBuilder::new()
        .info(info)
        .components(Some(components))
        .security(Some([SecurityRequirement::new(
            BEARER,
            Vec::<String>::new(),
        )]))
        .build()
}

/// Says for every operation what its handler need not repeat: that it may answer with a problem.
pub(crate) fn complete(document: &mut OpenApi) {
    for item in document.paths.paths.values_mut() {
        for operation in operations(item) {
            let responses = &mut operation.responses.responses;
            for (range, description) in [
                ("4XX", "The request was refused; the code says why"),
                ("5XX", "The server failed, or cannot answer right now"),
            ] {
                responses
                    .entry(range.to_owned())
                    .or_insert_with(|| RefOr::T(problem(description)));
            }
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem {
        get,
        put,
        post,
        delete,
        options,
        head,
        patch,
        trace,
        ..
    } = item;
    [get, put, post, delete, options, head, patch, trace]
        .into_iter()
        .flatten()
}

fn problem(description: &str) -> Answer {
    let schema = Ref::from_schema_name("Problem");
    let content = ContentBuilder::new().schema(Some(schema)).build();
    ResponseBuilder::new()
        .description(description)
        .content("application/problem+json", content)
        .build()
}

/// Serves the document and its reference page, relative to the API's prefix.
///
/// # Errors
/// The document is not JSON, which no document of utoipa is.
pub(crate) fn routes(document: &OpenApi) -> Result<Router<AppState>, serde_json::Error> {
    let json: Arc<str> = document.to_json()?.into();
    Ok(Router::new().route("/openapi.json", get(move || async move { served(&json) })))
}

fn served(json: &str) -> Response {
    let headers = [
        (CONTENT_TYPE, "application/json"),
        (CACHE_CONTROL, "no-cache"),
    ];
    (headers, json.to_owned()).into_response()
}

/// The reference page, below `/api`.
pub(crate) fn reference() -> Router<AppState> {
    Router::new()
        .route(
            "/docs",
            get(|headers: HeaderMap| async move { assets::docs("index.html", &headers) }),
        )
        .route(
            "/docs/{file}",
            get(|Path(file): Path<String>, headers: HeaderMap| async move {
                assets::docs(&file, &headers)
            }),
        )
}

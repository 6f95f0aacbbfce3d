//! `GET /audit/export`.

use axum::body::{Body, Bytes};
use axum::response::{IntoResponse, Response};
use bailiwick_kernel::Problem;
use bailiwick_services::Caller;
use bailiwick_services::audit::{Export, Reader};
use futures::stream;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::query::FilterQuery;
use super::{EntryView, csv};
use crate::extract::Query;
use crate::problem::ApiResult;
use crate::request;

/// How facts are written.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = AuditFormat)]
pub enum Format {
    /// A JSON object a line.
    #[default]
    Ndjson,
    /// Comma-separated values with a header.
    Csv,
}

impl Format {
    fn name(self) -> &'static str {
        match self {
            Self::Ndjson => "ndjson",
            Self::Csv => "csv",
        }
    }

    fn content_type(self) -> &'static str {
        match self {
            Self::Ndjson => "application/x-ndjson",
            Self::Csv => "text/csv; charset=utf-8; header=present",
        }
    }

    fn head(self) -> &'static str {
        match self {
            Self::Ndjson => "",
            Self::Csv => csv::HEADER,
        }
    }

    fn line(self, entry: &EntryView) -> Result<String, Problem> {
        match self {
            Self::Ndjson => {
                let mut line = serde_json::to_string(entry).map_err(Problem::internal)?;
                line.push('\n');
                Ok(line)
            }
            Self::Csv => csv::line(entry),
        }
    }
}

/// `?format=`
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct FormatQuery {
    /// How facts are written; `ndjson` where it is not said.
    #[serde(default)]
    #[param(value_type = Option<Format>, inline)]
    format: Format,
}

/// All of the audit that the filter leaves, newest first, as a file that is sent while it is read.
/// Permission `audit:read`; as with the list, it goes as far as the permission reaches. The export
/// is recorded itself. An answer that ends without its last chunk is incomplete: something failed,
/// or the permission was taken away meanwhile.
#[utoipa::path(
    get, path = "/audit/export", operation_id = "exportAudit", tag = "audit",
    params(FormatQuery, FilterQuery),
    responses((status = 200, description = "The facts", content(
        (String = "application/x-ndjson"), (String = "text/csv")
    )))
)]
pub(super) async fn export(
    caller: Caller,
    Query(FormatQuery { format }): Query<FormatQuery>,
    Query(filter): Query<FilterQuery>,
) -> ApiResult<Response> {
    let filter = filter.checked()?;
    let reader = Reader::open(caller).await?;
    if let Some(scope) = reader.scope() {
        request::note_tenant(scope.org(), scope.schema());
    }
    let export = reader.export(filter, format.name()).await?;
    let name = format!("attachment; filename=\"audit.{}\"", format.name());
    let headers = [
        (CONTENT_TYPE, format.content_type().to_owned()),
        (CONTENT_DISPOSITION, name),
    ];
    let begun = (export, format, Some(format.head()));
    let body = stream::try_unfold(begun, |(mut export, format, head)| async move {
        let Some(chunk) = chunk(&mut export, format, head.unwrap_or_default()).await? else {
            return Ok::<_, Problem>(None);
        };
        Ok(Some((chunk, (export, format, None))))
    });
    Ok((headers, Body::from_stream(body)).into_response())
}

/// The lines of the next page, after what stands before all lines.
async fn chunk(export: &mut Export, format: Format, head: &str) -> Result<Option<Bytes>, Problem> {
    let page = export.next_page().await.map_err(|error| {
        tracing::warn!(%error, "an export of the audit broke off");
        error.into_problem()
    })?;
    let Some((entries, people)) = page else {
        return Ok(None);
    };
    let mut text = head.to_owned();
    for entry in entries {
        text.push_str(&format.line(&EntryView::of(entry, &people))?);
    }
    Ok(Some(text.into()))
}

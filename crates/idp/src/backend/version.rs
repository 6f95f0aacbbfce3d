//! Versions of the API, which are dates.

use http::HeaderMap;
use http::StatusCode;

use super::params::Params;
use crate::error::Refusal;

const HEADER: &str = "clerk-api-version";
const QUERY: &str = "__clerk_api_version";
/// What a request that names none gets.
const OLDEST: &str = "2021-02-05";
/// Since then metadata has paths of its own and is no part of other updates.
const METADATA_APART: &str = "2026-05-12";

/// The version that a request was written for. All are served; a few answers depend on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Version(String);

impl Version {
    /// Reads header or query, of which only one may name a version.
    pub(super) fn read(headers: &HeaderMap, params: &Params) -> Result<Self, Refusal> {
        let invalid = |text: &str| {
            Refusal::new(StatusCode::BAD_REQUEST, "api_version_invalid", text).param(QUERY)
        };
        let header = headers
            .get(HEADER)
            .map(|value| value.to_str().unwrap_or_default().to_owned());
        let version = match (header, params.text(QUERY)) {
            (Some(_), Some(_)) => {
                return Err(invalid(
                    "Name the API version in the header or in the query.",
                ));
            }
            (Some(version), None) | (None, Some(version)) => version,
            (None, None) => OLDEST.to_owned(),
        };
        match version.parse::<jiff::civil::Date>() {
            Ok(_) => Ok(Self(version)),
            Err(_) => Err(invalid("An API version is a date such as 2026-05-12.")),
        }
    }

    /// Whether updates of users and organizations take metadata too.
    pub(super) fn has_metadata_in_updates(&self) -> bool {
        // Dates in this form sort like text.
        self.0.as_str() < METADATA_APART
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(header: Option<&'static str>, query: &str) -> Result<Version, Refusal> {
        let mut headers = HeaderMap::new();
        if let Some(header) = header {
            headers.insert(HEADER, header.parse().unwrap());
        }
        Version::read(&headers, &Params::parse(query))
    }

    #[test]
    fn one_place_names_the_version() {
        assert!(read(None, "").unwrap().has_metadata_in_updates());
        assert!(
            read(Some("2025-11-10"), "")
                .unwrap()
                .has_metadata_in_updates()
        );
        assert!(
            !read(Some("2026-05-12"), "")
                .unwrap()
                .has_metadata_in_updates()
        );
        assert!(
            !read(None, "__clerk_api_version=2026-08-20")
                .unwrap()
                .has_metadata_in_updates()
        );
        assert!(read(Some("2026-05-12"), "__clerk_api_version=2026-05-12").is_err());
        assert!(read(Some("latest"), "").is_err());
    }
}

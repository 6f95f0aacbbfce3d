//! Reading a query string.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::request::Parts;
use jiff::Timestamp;

use crate::error::Refusal;
use crate::store::Page;
use crate::store::search::users::Span;
use crate::store::search::{Among, Order};

/// The query of a request. Lists are repeated keys, with or without `[]`. What a request does not
/// know it leaves alone, as Clerk does.
pub(super) struct Params(Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Params {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::parse(parts.uri.query().unwrap_or_default()))
    }
}

impl Params {
    /// Reads a query string.
    pub(super) fn parse(query: &str) -> Self {
        let pairs = url::form_urlencoded::parse(query.as_bytes());
        // PostgreSQL stores every character but this one, so it is in nothing that can be found.
        let clean = |text: &str| text.replace('\0', "");
        Self(
            pairs
                .map(|(name, value)| (clean(&name), clean(&value)))
                .collect(),
        )
    }

    /// All values of a list.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(key, _)| key.strip_suffix("[]").unwrap_or(key) == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// All values of a list, owned.
    pub(super) fn list(&self, name: &str) -> Vec<String> {
        self.all(name).map(str::to_owned).collect()
    }

    /// A list of ids with optional signs.
    pub(super) fn among(&self, name: &str) -> Among {
        Among::parse(self.all(name))
    }

    /// The first value, if it says something.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.all(name).next().map(str::to_owned)
    }

    /// Whether a list or value is there at all.
    pub(super) fn has(&self, name: &str) -> bool {
        self.all(name).next().is_some()
    }

    /// `true` or `false`.
    pub(super) fn boolean(&self, name: &str) -> Result<Option<bool>, Refusal> {
        match self.all(name).next() {
            None => Ok(None),
            Some("true" | "1") => Ok(Some(true)),
            Some("false" | "0") => Ok(Some(false)),
            Some(_) => Err(Refusal::format(
                name,
                &format!("{name} must be true or false."),
            )),
        }
    }

    fn number(&self, name: &str) -> Result<Option<i64>, Refusal> {
        // Python's SDK writes some whole numbers with a point.
        let whole = |text: &str| text.strip_suffix(".0").unwrap_or(text).parse();
        let number = self.all(name).next().map(whole);
        number
            .transpose()
            .map_err(|_| Refusal::format(name, &format!("{name} must be a number.")))
    }

    /// `limit` and `offset`, within their bounds.
    pub(super) fn page(&self) -> Result<Page, Refusal> {
        Ok(Page::new(self.number("limit")?, self.number("offset")?))
    }

    fn time(&self, name: &str) -> Result<Option<Timestamp>, Refusal> {
        let Some(millis) = self.number(name)? else {
            return Ok(None);
        };
        let text = "It must be in milliseconds since 1970.";
        Timestamp::from_millisecond(millis)
            .map(Some)
            .map_err(|_| Refusal::format(name, text))
    }

    /// `<name>_after` and `<name>_before`, in milliseconds.
    pub(super) fn span(&self, name: &str) -> Result<Span, Refusal> {
        Ok(Span {
            after: self.time(&format!("{name}_after"))?,
            before: self.time(&format!("{name}_before"))?,
        })
    }

    /// `<name>_since`, an older name of `<name>_after`, rounded down to the day by Clerk.
    pub(super) fn since(&self, name: &str) -> Result<Option<Timestamp>, Refusal> {
        self.time(&format!("{name}_since"))
    }

    /// `order_by`: a key with an optional sign. Without it the newest come first.
    pub(super) fn order<K>(
        &self,
        newest: K,
        parse: impl FnOnce(&str) -> Option<K>,
    ) -> Result<Order<K>, Refusal> {
        // A plus sign that was not escaped arrives as a space.
        let Some(text) = self.all("order_by").next() else {
            return Ok(Order {
                key: newest,
                descending: true,
            });
        };
        let (descending, name) = match text.strip_prefix('-') {
            Some(name) => (true, name),
            None => (false, text.trim_start_matches(['+', ' '])),
        };
        let key = parse(name)
            .ok_or_else(|| Refusal::format("order_by", &format!("Cannot order by {name}.")))?;
        Ok(Order { key, descending })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::search::users::UserKey;

    #[test]
    fn lists_are_repeated_keys_with_or_without_brackets() {
        let params = Params::parse("user_id=a&user_id[]=-b&user_id%5B%5D=%2Bc&query=x%20y&email=");
        let among = params.among("user_id");
        assert_eq!(
            (among.of, among.not),
            (vec!["a".into(), "c".into()], vec!["b".to_owned()])
        );
        assert_eq!(params.text("query").as_deref(), Some("x y"));
        assert!(!params.has("email"));
    }

    #[test]
    fn order_has_a_sign() {
        let order = |query| Params::parse(query).order(UserKey::CreatedAt, UserKey::parse);
        let found = |key, descending| Order { key, descending };
        assert_eq!(order("").unwrap(), found(UserKey::CreatedAt, true));
        assert_eq!(
            order("order_by=-first_name").unwrap(),
            found(UserKey::FirstName, true)
        );
        assert_eq!(
            order("order_by=%2Busername").unwrap(),
            found(UserKey::Username, false)
        );
        assert_eq!(
            order("order_by=+username").unwrap(),
            found(UserKey::Username, false)
        );
        assert!(order("order_by=shoe_size").is_err());
    }

    #[test]
    fn pages_are_bounded() {
        let page = |query| Params::parse(query).page();
        assert_eq!(
            page("").unwrap(),
            Page {
                limit: 10,
                offset: 0
            }
        );
        assert_eq!(
            page("limit=9999&offset=20").unwrap(),
            Page {
                limit: 500,
                offset: 20
            }
        );
        assert!(page("limit=all").is_err());
    }
}

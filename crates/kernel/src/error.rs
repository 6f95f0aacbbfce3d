//! What can go wrong, in the words that a client sees: one list of machine codes, one error type.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $status:literal, $title:literal;)+) => {
        /// The machine codes of the HTTP interface. A code never changes its meaning or its status.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code {
            $($(#[$doc])* $name,)+
        }

        impl Code {
            /// Every code, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The code as clients see it, `UPPER_SNAKE`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code),+ }
            }

            /// The HTTP status that goes with it.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $(Self::$name => $status),+ }
            }

            /// A short English sentence for people, the same for every occurrence.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title),+ }
            }
        }
    };
}

codes! {
    /// No credentials.
    AuthRequired = "AUTH_REQUIRED", 401, "Authentication required";
    /// The session token did not verify.
    AuthInvalidToken = "AUTH_INVALID_TOKEN", 401, "The session token is not valid";
    /// The key of the operators' listener, or an API token, is not known.
    AuthInvalidKey = "AUTH_INVALID_KEY", 401, "The key is not valid";
    /// The token is good, its user is not (or no longer) known here.
    AuthUserNotFound = "AUTH_USER_NOT_FOUND", 401, "The user is not known here";
    /// Somebody acts for the user, and may not, or not any more.
    AuthImpersonationInvalid = "AUTH_IMPERSONATION_INVALID", 401,
        "Nobody may act for this user now";
    /// Known, and not allowed.
    PermissionDenied = "PERMISSION_DENIED", 403, "You may not do this";
    /// The role is below what the operation asks for.
    PermissionRoleInsufficient = "PERMISSION_ROLE_INSUFFICIENT", 403,
        "Your role does not reach this far";
    /// The hours in which the person may act are over.
    PermissionTimeWindow = "PERMISSION_TIME_WINDOW", 403, "You may not act at this time";
    /// The active organization is not the record's, and the caller may know that.
    PermissionBranchMismatch = "PERMISSION_BRANCH_MISMATCH", 403,
        "The record belongs to another organization";
    /// The installation lets nobody but its operators create organizations.
    OrgCreationDisabled = "ORG_CREATION_DISABLED", 403, "Organizations are created by the operators";
    /// The token names no active organization.
    TenantContextRequired = "TENANT_CONTEXT_REQUIRED", 403, "Choose an organization first";
    /// The request names another organization than the token.
    TenantContextMismatch = "TENANT_CONTEXT_MISMATCH", 403, "Another organization is active";
    /// The caller is no active member of the organization.
    TenantAccessDenied = "TENANT_ACCESS_DENIED", 403, "You are not a member of this organization";
    /// The tenant is being made or moved; a retry helps.
    TenantProvisioning = "TENANT_PROVISIONING", 503, "The organization is being prepared";
    /// The tenant could not be made; an operator is needed.
    TenantProvisioningFailed = "TENANT_PROVISIONING_FAILED", 503,
        "The organization could not be prepared";
    /// The tenant's tables are of an older version than the request needs; a migration failed there.
    TenantBehind = "TENANT_BEHIND", 503, "The organization is being brought up to date";
    /// Bad, missing or stale signature of a webhook.
    WebhookSignatureInvalid = "WEBHOOK_SIGNATURE_INVALID", 401, "The signature is not valid";
    /// Correctly signed and not understood.
    WebhookPayloadInvalid = "WEBHOOK_PAYLOAD_INVALID", 400, "The event is not understood";
    /// The plan of the organization ends here.
    PlanLimitExceeded = "PLAN_LIMIT_EXCEEDED", 403, "The plan's limit is reached";
    /// Too many requests; see `Retry-After`.
    RateLimited = "RATE_LIMITED", 429, "Too many requests";
    /// Understood and not acceptable; the fields say why.
    ValidationFailed = "VALIDATION_FAILED", 422, "Some values are not acceptable";
    /// Nothing here that the caller may know of.
    NotFound = "NOT_FOUND", 404, "Not found";
    /// The path exists, the method does not.
    MethodNotAllowed = "METHOD_NOT_ALLOWED", 405, "The method is not allowed here";
    /// The change contradicts the present state.
    Conflict = "CONFLICT", 409, "The change contradicts the present state";
    /// A thing of that name, or that link, exists already.
    ConflictAlreadyExists = "CONFLICT_ALREADY_EXISTS", 409, "This exists already";
    /// The document is not in the state that the operation needs.
    ConflictDocumentState = "CONFLICT_DOCUMENT_STATE", 409,
        "The document's state does not allow this";
    /// The last owner of an organization stays.
    ConflictLastOwner = "CONFLICT_LAST_OWNER", 409, "An organization keeps at least one owner";
    /// Somebody else changed the record first.
    ConflictVersion = "CONFLICT_VERSION", 409, "The record has changed meanwhile";
    /// The organization's tenant exists already.
    ConflictProvisioned = "CONFLICT_PROVISIONED", 409, "The organization is provisioned already";
    /// The same idempotency key came with another body.
    IdempotencyMismatch = "IDEMPOTENCY_MISMATCH", 422,
        "The idempotency key was used for another request";
    /// The first request with this idempotency key has not finished.
    IdempotencyInProgress = "IDEMPOTENCY_IN_PROGRESS", 409,
        "The first request with this idempotency key is still running";
    /// The body is not what its content type says.
    MalformedBody = "MALFORMED_BODY", 400, "The body cannot be read";
    /// The body is larger than the operation takes.
    PayloadTooLarge = "PAYLOAD_TOO_LARGE", 413, "The body is too large";
    /// The body has another content type than the operation takes.
    UnsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE", 415, "The content type is not supported";
    /// A fault of ours; the request id leads to its log line.
    Internal = "INTERNAL", 500, "Something went wrong on our side";
    /// Something that we need does not answer; a retry may help.
    Unavailable = "UNAVAILABLE", 503, "The service is not available right now";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl serde::Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.as_str())
    }
}

/// What is wrong with one value of a request.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// The path of the value as the client wrote it: `name`, `items[2].email`.
    pub field: Cow<'static, str>,
    /// What is wrong, in English, fit for people.
    pub message: Cow<'static, str>,
}

impl FieldError {
    /// One field's complaint.
    pub fn new(field: impl Into<Cow<'static, str>>, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            field: field.into(),
            message: message.into(),
        }
    }
}

/// What a refused actor would have needed, so that a page can say it and whom to ask.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Refusal {
    /// Why: `no_role`, `not_granted`, `not_held`, `self_decision`, `plan_limit`, `not_in_plan`, …
    pub reason: &'static str,
    /// The permission that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub permission: Option<String>,
    /// The page whose action was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub page: Option<String>,
    /// The action on the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub action: Option<String>,
    /// Keys of the organization roles that hold it, the highest first.
    pub roles: Vec<String>,
    /// Keys of the project roles that hold it.
    pub project_roles: Vec<String>,
    /// Page grants that give it, `page:action`.
    pub grants: Vec<String>,
    /// The entitlement that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub entitlement: Option<String>,
    /// Plans that give it, or have room; absent where no plan decides.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(required = false))]
    pub plans: Vec<String>,
}

impl Refusal {
    /// A refusal for `reason`, with nothing else known yet.
    #[must_use]
    pub fn of(reason: &'static str) -> Self {
        Self {
            reason,
            ..Self::default()
        }
    }
}

/// An answer that is a refusal or a failure: what a use case returns as its error.
///
/// Everything but [`Problem::cause`] is meant for the client, so no SQL, no stack and no library's
/// text belongs there. The cause goes to the log alone.
#[derive(Debug)]
pub struct Problem {
    code: Code,
    detail: Option<Cow<'static, str>>,
    fields: Vec<FieldError>,
    retry_after_s: Option<u32>,
    refusal: Option<Box<Refusal>>,
    cause: Option<Box<dyn StdError + Send + Sync>>,
}

impl Problem {
    /// A problem with nothing but its code.
    #[must_use]
    pub const fn new(code: Code) -> Self {
        Self {
            code,
            detail: None,
            fields: Vec::new(),
            retry_after_s: None,
            refusal: None,
            cause: None,
        }
    }

    /// `NOT_FOUND`: it does not exist, or its existence is none of the caller's business.
    #[must_use]
    pub const fn not_found() -> Self {
        Self::new(Code::NotFound)
    }

    /// `PERMISSION_DENIED`.
    #[must_use]
    pub const fn denied() -> Self {
        Self::new(Code::PermissionDenied)
    }

    /// `CONFLICT`; see the finer codes first.
    #[must_use]
    pub const fn conflict() -> Self {
        Self::new(Code::Conflict)
    }

    /// `VALIDATION_FAILED` for one field; more follow by [`Problem::field`].
    pub fn invalid(
        field: impl Into<Cow<'static, str>>,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::new(Code::ValidationFailed).field(field, message)
    }

    /// `INTERNAL`, with what happened for the log.
    pub fn internal(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::new(Code::Internal).caused_by(cause)
    }

    /// `UNAVAILABLE`, with the seconds after which a retry makes sense.
    #[must_use]
    pub const fn unavailable(retry_after_s: u32) -> Self {
        Self::new(Code::Unavailable).retry_after_s(retry_after_s)
    }

    /// Adds a sentence about this occurrence, for the client.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Adds a complaint about one value of the request.
    #[must_use]
    pub fn field(
        mut self,
        field: impl Into<Cow<'static, str>>,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        self.fields.push(FieldError::new(field, message));
        self
    }

    /// Says when a retry makes sense, in seconds.
    #[must_use]
    pub const fn retry_after_s(mut self, seconds: u32) -> Self {
        self.retry_after_s = Some(seconds);
        self
    }

    /// Says what would have been needed.
    #[must_use]
    pub fn refusal(mut self, refusal: Refusal) -> Self {
        self.refusal = Some(Box::new(refusal));
        self
    }

    /// Adds what happened, for the log alone.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// The machine code.
    #[must_use]
    pub const fn code(&self) -> Code {
        self.code
    }

    /// The sentence about this occurrence.
    #[must_use]
    pub fn detail_text(&self) -> Option<&str> {
        self.detail.as_deref()
    }

    /// The complaints about single values.
    #[must_use]
    pub fn fields(&self) -> &[FieldError] {
        &self.fields
    }

    /// Seconds after which a retry makes sense.
    #[must_use]
    pub const fn retry_after(&self) -> Option<u32> {
        self.retry_after_s
    }

    /// What would have been needed.
    #[must_use]
    pub fn needed(&self) -> Option<&Refusal> {
        self.refusal.as_deref()
    }

    /// What happened, for the log.
    #[must_use]
    pub fn cause(&self) -> Option<&(dyn StdError + Send + Sync + 'static)> {
        self.cause.as_deref()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.as_str())?;
        if let Some(detail) = &self.detail {
            write!(f, ": {detail}")?;
        }
        for error in &self.fields {
            write!(f, "; {}: {}", error.field, error.message)?;
        }
        Ok(())
    }
}

impl StdError for Problem {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.cause
            .as_deref()
            .map(|cause| cause as &(dyn StdError + 'static))
    }
}

impl From<Code> for Problem {
    fn from(code: Code) -> Self {
        Self::new(code)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn codes_are_unique_upper_snake_and_errors() {
        let mut seen = HashSet::new();
        for code in Code::ALL {
            assert!(seen.insert(code.as_str()), "{code} twice");
            assert!(
                code.as_str()
                    .bytes()
                    .all(|b| b.is_ascii_uppercase() || b == b'_'),
                "{code}"
            );
            assert!((400..600).contains(&code.status()), "{code}");
            assert!(
                !code.title().is_empty() && !code.title().ends_with('.'),
                "{code}"
            );
        }
    }

    #[test]
    fn the_cause_is_the_source_and_not_the_text() {
        let problem = Problem::internal("relation \"x\" does not exist").detail("Try again");
        assert_eq!(problem.to_string(), "INTERNAL: Try again");
        assert_eq!(
            problem.source().unwrap().to_string(),
            "relation \"x\" does not exist"
        );
    }

    #[test]
    fn fields_pile_up() {
        let problem = Problem::invalid("name", "is empty").field("size", "is negative");
        assert_eq!(problem.code().status(), 422);
        assert_eq!(
            problem.to_string(),
            "VALIDATION_FAILED; name: is empty; size: is negative"
        );
    }
}

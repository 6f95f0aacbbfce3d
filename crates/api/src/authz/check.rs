//! `POST /authz/check`.

use bailiwick_kernel::id::{OrgId, ProjectId, UserId};
use bailiwick_kernel::policy::{Action, Window};
use bailiwick_kernel::{Problem, Refusal};
use bailiwick_services::Scope;
use bailiwick_services::authz::{self, Answer, Question, Resource, Wanted};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::view::{HolderName, ReachName, bounded};
use crate::extract::Json;
use crate::problem::ApiResult;

/// A batch of questions.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AuthzCheck {
    /// The questions.
    #[schema(min_items = 1, max_items = 200)]
    pub checks: Vec<AuthzQuestion>,
}

/// One question: a permission, a page and an action, or an entitlement.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AuthzQuestion {
    /// A permission of the policy.
    #[serde(default)]
    #[schema(example = "projects:create")]
    pub permission: Option<String>,
    /// A page of the policy.
    #[serde(default)]
    #[schema(example = "approvals")]
    pub page: Option<String>,
    /// The action on the page; `view` where it is not said.
    #[serde(default)]
    pub action: Option<Action>,
    /// What the organization's plan may give.
    #[serde(default)]
    #[schema(example = "dedicated_schema")]
    pub entitlement: Option<String>,
    /// What is known of the thing that it is about. What is not said is taken to fit.
    #[serde(default)]
    pub resource: Option<AuthzResource>,
}

/// What is known of a thing.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AuthzResource {
    /// The organization that it belongs to.
    #[serde(default)]
    pub organization_id: Option<OrgId>,
    /// The project that it is in.
    #[serde(default)]
    pub project_id: Option<ProjectId>,
    /// Who made it or is assigned to it.
    #[serde(default)]
    pub owner_id: Option<UserId>,
    /// Its date, for data windows.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
}

/// The answers.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuthzAnswers {
    /// In the order of the questions.
    results: Vec<AuthzAnswer>,
}

/// One answer.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuthzAnswer {
    /// Whether it is a yes.
    allowed: bool,
    /// How far at best; absent where it is a yes to an entitlement.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reach: Option<ReachName>,
    /// By what.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    by: Option<HolderName>,
    /// Within which distance from now; absent: without bound.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    window: Option<Window>,
    /// What an operation would refuse with.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    code: Option<&'static str>,
    /// Why not, and what would be needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    refusal: Option<Refusal>,
}

impl From<Answer> for AuthzAnswer {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Yes { reach, by, window } => Self {
                allowed: true,
                reach: Some(reach.into()),
                by: Some(by.into()),
                window: bounded(window),
                code: None,
                refusal: None,
            },
            Answer::Entitled => Self {
                allowed: true,
                reach: None,
                by: None,
                window: None,
                code: None,
                refusal: None,
            },
            Answer::No { code, refusal } => Self {
                allowed: false,
                reach: None,
                by: None,
                window: None,
                code: Some(code.as_str()),
                refusal: Some(refusal),
            },
        }
    }
}

/// Whether the caller may do something, for products in any language: what an operation of ours
/// would decide. Changes nothing, needs a membership and no permission; 422 for a permission,
/// page or entitlement that the policy does not have.
#[utoipa::path(
    post, path = "/authz/check", operation_id = "checkAuthorization", tag = "authz",
    request_body = AuthzCheck,
    responses((status = 200, description = "The answers", body = AuthzAnswers))
)]
pub(super) async fn check(
    mut scope: Scope,
    Json(body): Json<AuthzCheck>,
) -> ApiResult<Json<AuthzAnswers>> {
    let questions: Vec<Question> = body
        .checks
        .into_iter()
        .enumerate()
        .map(|(index, question)| read(index, question))
        .collect::<Result<_, _>>()?;
    let answers = authz::check(&mut scope, &questions).await?;
    let results = answers.into_iter().map(AuthzAnswer::from).collect();
    Ok(Json(AuthzAnswers { results }))
}

fn read(index: usize, question: AuthzQuestion) -> Result<Question, Problem> {
    let AuthzQuestion {
        permission,
        page,
        action,
        entitlement,
        resource,
    } = question;
    let wanted = match (permission, page, action, entitlement) {
        (Some(permission), None, None, None) => Wanted::Permission(permission),
        (None, Some(page), action, None) => Wanted::Page(page, action.unwrap_or(Action::View)),
        (None, None, None, Some(entitlement)) => Wanted::Entitlement(entitlement),
        _ => {
            let message = "must name a permission, a page with an action, or an entitlement";
            return Err(Problem::invalid(format!("checks[{index}]"), message));
        }
    };
    let resource = resource.map(|resource| Resource {
        organization: resource.organization_id,
        project: resource.project_id,
        owner: resource.owner_id,
        at: resource.at,
    });
    Ok(Question { wanted, resource })
}

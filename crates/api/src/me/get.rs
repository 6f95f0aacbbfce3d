//! `GET /me`.

use bailiwick_kernel::PlatformRole;
use bailiwick_kernel::id::{ImpersonationId, OrgId, UserId};
use bailiwick_services::{Caller, me};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::extract::Json;
use crate::problem::ApiResult;
use crate::views::PersonView;

/// The caller, as the mirror knows them.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Me)]
pub struct MeView {
    /// Our id.
    id: UserId,
    /// The provider's id.
    clerk_user_id: String,
    /// The verified primary e-mail.
    #[schema(required = true)]
    email: Option<String>,
    /// First and last name.
    #[schema(required = true)]
    full_name: Option<String>,
    /// A picture.
    #[schema(required = true)]
    avatar_url: Option<String>,
    /// The role on the installation.
    platform_role: PlatformRole,
    /// What they may do to the installation as such: keys of permissions.
    platform_permissions: Vec<&'static str>,
    /// When we first saw them.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// The active organization of the token, where they may enter it.
    #[schema(required = true)]
    organization: Option<ActiveOrganizationView>,
    /// The active organization where they are a member and not let in; null otherwise.
    #[schema(required = true)]
    barred: Option<BarredView>,
    /// Why their e-mail is in question, for operators to look at; null where it is not.
    #[schema(required = true, value_type = Option<EmailConflict>)]
    conflict: Option<String>,
    /// Who acts for them in this session; null where they do so themselves.
    #[schema(required = true)]
    impersonation: Option<ActingView>,
}

/// Somebody who acts for the caller.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Acting)]
pub struct ActingView {
    /// By which impersonation.
    id: ImpersonationId,
    /// Who.
    impersonator: PersonView,
    /// Why, in their words.
    reason: String,
    /// When it ends by itself.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

/// Why an e-mail is in question.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(
    dead_code,
    reason = "describes the values of a text in the OpenAPI document"
)]
pub enum EmailConflict {
    /// Somebody else here has it as well.
    SharedEmail,
    /// An account here waits for its owner, and they have not proven that they are.
    UnverifiedEmail,
}

/// An organization that does not let its member in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BarredOrganization)]
pub struct BarredView {
    /// Its id.
    id: OrgId,
    /// Its slug.
    slug: String,
    /// Its name.
    name: String,
    /// Why.
    #[schema(value_type = BarredBy)]
    status: String,
}

/// Why an organization does not let its member in.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(
    dead_code,
    reason = "describes the values of a text in the OpenAPI document"
)]
pub enum BarredBy {
    /// Somebody suspended them.
    Suspended,
    /// They are in another organization, and may be in one at most.
    Pending,
}

/// An active organization in brief.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ActiveOrganization)]
pub struct ActiveOrganizationView {
    /// Its id.
    id: OrgId,
    /// Its slug.
    slug: String,
    /// Its name.
    name: String,
    /// The caller's org role; null for an operator who is no member.
    #[schema(required = true)]
    role: Option<String>,
}

/// The caller and their active organization. Needs a session and no permission.
#[utoipa::path(
    get, path = "/me", operation_id = "getMe", tag = "me",
    responses((status = 200, description = "The caller", body = MeView))
)]
pub(super) async fn get(caller: Caller) -> ApiResult<Json<MeView>> {
    view(&caller).await
}

/// The same under the name that other systems give it. Needs a session and no permission.
#[utoipa::path(
    get, path = "/users/me", operation_id = "getCurrentUser", tag = "me",
    responses((status = 200, description = "The caller", body = MeView))
)]
pub(super) async fn get_alias(caller: Caller) -> ApiResult<Json<MeView>> {
    view(&caller).await
}

async fn view(caller: &Caller) -> ApiResult<Json<MeView>> {
    let (user, active) = me::get(caller).await?;
    let acting = caller.acting();
    let people = acting.map(|acting| acting.impersonator);
    let people = caller.app().people(people).await?;
    Ok(Json(MeView {
        id: user.id,
        clerk_user_id: user.clerk_user_id.unwrap_or_default(),
        email: user.email,
        full_name: user.full_name,
        avatar_url: user.avatar_url,
        platform_role: caller.platform_role(),
        platform_permissions: caller.platform_role().permissions().collect(),
        created_at: user.created_at,
        organization: active.map(|org| ActiveOrganizationView {
            id: org.id,
            slug: org.slug,
            name: org.name,
            role: org.role,
        }),
        barred: me::barred(caller).map(|org| BarredView {
            id: org.id,
            slug: org.slug,
            name: org.name,
            status: org.status,
        }),
        conflict: me::conflict(caller).await?,
        impersonation: acting.map(|acting| ActingView {
            id: acting.id,
            impersonator: PersonView::of(acting.impersonator, &people),
            reason: acting.reason.clone(),
            expires_at: acting.expires_at,
        }),
    }))
}

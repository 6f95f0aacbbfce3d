//! `GET /v1/organizations/{id or slug}`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde_json::Value;

use crate::backend::answer::Answer;
use crate::backend::params::Params;
use crate::backend::state::{Backend, organization_id};
use crate::domain::organizations;
use crate::error::Refusal;
use crate::instance::Idp;
use crate::store::organizations::Organization;

/// Parts of an organization that are shown on request alone.
#[derive(Clone, Copy)]
pub(super) struct Extras {
    members_count: bool,
}

impl Extras {
    /// Reads `include_members_count`.
    pub(super) fn read(params: &Params) -> Result<Self, Refusal> {
        let members_count = params.boolean("include_members_count")?.unwrap_or(false);
        Ok(Self { members_count })
    }

    /// The organization with them.
    pub(super) fn show(self, idp: &Idp, row: &Organization) -> Value {
        let mut value = organizations::resource(idp, row);
        if self.members_count {
            value["members_count"] = row.members_count.into();
        }
        value
    }
}

/// An organization by id or slug. 404 where there is none.
pub(super) async fn get(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
    params: Params,
) -> Answer {
    let extras = Extras::read(&params)?;
    let mut tx = backend.begin().await?;
    let id = organization_id(&mut tx, &id).await?;
    let row = organizations::get(&mut tx, &id).await?;
    tx.commit().await?;
    Ok(Json(extras.show(&backend.idp, &row)))
}

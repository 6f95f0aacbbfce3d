//! What one membership was granted beside its role: as it is stored and shown ([`Grants`]), and
//! compiled for decisions ([`Granted`]).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::held::Held;
use super::page::PageSet;
use super::permission::PermissionSet;
use super::window::{AccessWindow, Hours, Window};
use super::{Action, Pack, PageId};
use crate::text::Fields;

/// Grants of one membership, by the keys of the pack. What is absent is not granted.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Grants {
    /// What may be done on which page.
    pub pages: BTreeMap<String, PageGrant>,
    /// Permissions, everywhere in the organization.
    pub permissions: BTreeSet<String>,
    /// When the person may act; absent: always, as far as the role may.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access: Option<AccessWindow>,
}

/// What may be done on one page. Any action implies `view`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PageGrant {
    /// Open it.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(default = false))]
    pub view: bool,
    /// Add something.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(default = false))]
    pub create: bool,
    /// Change something.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(default = false))]
    pub edit: bool,
    /// Remove something.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(default = false))]
    pub delete: bool,
    /// Decide on what others ask for.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(default = false))]
    pub approve: bool,
    /// How far from now the data may be; absent: all of it.
    // No default: a document has none for "absent", and null fits no window.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub window: Option<Window>,
}

impl PageGrant {
    /// Everything on the page, without a window.
    pub const ALL: Self = Self {
        view: true,
        create: true,
        edit: true,
        delete: true,
        approve: true,
        window: None,
    };

    /// These actions, and the view that they imply.
    #[must_use]
    pub fn of(actions: impl IntoIterator<Item = Action>) -> Self {
        let mut grant = Self::default();
        for action in actions {
            match action {
                Action::View => grant.view = true,
                Action::Create => grant.create = true,
                Action::Edit => grant.edit = true,
                Action::Delete => grant.delete = true,
                Action::Approve => grant.approve = true,
            }
        }
        grant.implied()
    }

    /// Whether `action` was granted by name, not by implication.
    #[must_use]
    pub const fn names(&self, action: Action) -> bool {
        match action {
            Action::View => self.view,
            Action::Create => self.create,
            Action::Edit => self.edit,
            Action::Delete => self.delete,
            Action::Approve => self.approve,
        }
    }

    /// The same with the view that any action implies.
    #[must_use]
    pub const fn implied(mut self) -> Self {
        self.view |= self.create | self.edit | self.delete | self.approve;
        self
    }

    fn actions(self) -> impl Iterator<Item = Action> {
        Action::ALL
            .into_iter()
            .filter(move |action| self.names(*action))
    }
}

/// What is stored as grants is none: nobody may act on it.
#[derive(Debug, thiserror::Error)]
#[error("stored grants cannot be read: {0}")]
pub struct UnreadableGrants(String);

impl Grants {
    /// Reads what a membership stores. `pages` may be the list of pages of an older system, in
    /// which a page was had as a whole.
    ///
    /// # Errors
    /// It has another form. A caller refuses then, since a restriction may be part of it.
    pub fn from_stored(mut stored: Value) -> Result<Self, UnreadableGrants> {
        if !stored.is_object() {
            return Err(UnreadableGrants("no object".to_owned()));
        }
        if let Some(list) = stored.get_mut("pages").filter(|pages| pages.is_array()) {
            let keys: BTreeSet<String> = serde_json::from_value(list.take())
                .map_err(|error| UnreadableGrants(error.to_string()))?;
            let pages: BTreeMap<String, PageGrant> =
                keys.into_iter().map(|key| (key, PageGrant::ALL)).collect();
            *list = serde_json::to_value(pages).map_err(|e| UnreadableGrants(e.to_string()))?;
        }
        serde_json::from_value(stored).map_err(|error| UnreadableGrants(error.to_string()))
    }

    /// These with each page of `change` in place of what was said of it; permissions and access
    /// window as `change` has them where it names any.
    #[must_use]
    pub fn merged(mut self, change: &GrantsChange) -> Self {
        self.pages.extend(change.pages.clone());
        if let Some(permissions) = &change.permissions {
            self.permissions.clone_from(permissions);
        }
        if let Some(access) = &change.access {
            self.access.clone_from(access);
        }
        self.normal()
    }

    /// The same without pages on which nothing is granted, and with the implied views said.
    #[must_use]
    pub fn normal(mut self) -> Self {
        self.pages.retain(|_, grant| {
            *grant = grant.implied();
            grant.window = grant.window.filter(|window| !window.is_open());
            grant.view
        });
        self
    }
}

/// A change of grants, page by page; what is absent stays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GrantsChange {
    /// Pages whose grant is replaced.
    pub pages: BTreeMap<String, PageGrant>,
    /// All permissions, where they change.
    pub permissions: Option<BTreeSet<String>>,
    /// The access window, where it changes; `Some(None)` takes it away.
    pub access: Option<Option<AccessWindow>>,
}

/// Grants of one membership, compiled for one pack.
#[derive(Debug, Clone, Default)]
pub struct Granted {
    /// Closed under "any action implies view".
    pub(super) pages: PageSet,
    windows: Vec<(PageId, Window)>,
    pub(super) all: Held,
    /// Permissions that were granted by name.
    pub(super) named: PermissionSet,
    pub(super) hours: Option<Hours>,
    pub(super) access: Option<AccessWindow>,
}

impl Granted {
    /// The data window of what was granted on `page`.
    pub(super) fn window(&self, page: PageId) -> Window {
        let found = self.windows.iter().find(|(known, _)| *known == page);
        found.map_or(Window::OPEN, |(_, window)| *window)
    }

    /// When the person may act, where that is limited.
    #[must_use]
    pub fn hours(&self) -> Option<&Hours> {
        self.hours.as_ref()
    }
}

impl Pack {
    /// Compiles what a membership stores. What this pack does not know grants nothing.
    ///
    /// # Errors
    /// The access window does not compile: nobody may act on such grants.
    pub fn granted(&self, grants: &Grants) -> Result<Granted, UnreadableGrants> {
        let mut compiled = Granted::default();
        for (key, grant) in &grants.pages {
            let Some(page) = self.page(key) else { continue };
            let window = grant.window.unwrap_or(Window::OPEN);
            for action in grant.implied().actions() {
                compiled.pages.insert(page, action);
                let Some(gives) = self.page_data(page).map(|data| data.gives(action)) else {
                    continue;
                };
                for permission in gives.permissions.iter() {
                    compiled.all.add(permission, window);
                }
            }
            if !window.is_open() {
                compiled.windows.push((page, window));
            }
        }
        for key in &grants.permissions {
            if let Some(permission) = self.permission(key) {
                compiled.named.insert(permission);
                compiled.all.add(permission, Window::OPEN);
            }
        }
        if let Some(access) = &grants.access {
            let hours = access.compile();
            let hours = hours.map_err(|bad| UnreadableGrants(format!("access.{}", bad.field)))?;
            compiled.hours = Some(hours);
            compiled.access = Some(access.clone());
        }
        Ok(compiled)
    }

    /// Complains about everything in `grants` that this pack does not know or cannot honour.
    pub fn check_grants(&self, grants: &Grants, fields: &mut Fields) {
        for (key, grant) in &grants.pages {
            let Some(page) = self.page(key) else {
                fields.refuse(format!("pages.{key}"), "is no page here");
                continue;
            };
            for action in grant.actions() {
                if !self.offers(page, action) {
                    let field = format!("pages.{key}.{}", action.as_str());
                    fields.refuse(field, "is no action of this page");
                }
            }
            if let Some(window) = grant.window {
                self.check_window(key, page, *grant, window, fields);
            }
        }
        for key in &grants.permissions {
            if self.permission(key).is_none() {
                fields.refuse(format!("permissions.{key}"), "is no permission here");
            }
        }
        if let Some(Err(bad)) = grants.access.as_ref().map(AccessWindow::compile) {
            fields.refuse(format!("access.{}", bad.field), bad.message);
        }
    }

    fn check_window(
        &self,
        key: &str,
        page: PageId,
        grant: PageGrant,
        window: Window,
        fields: &mut Fields,
    ) {
        let field = format!("pages.{key}.window");
        let too_far = |days: Option<u16>| days.is_some_and(|days| days > Window::DAYS_MAX);
        if too_far(window.back_days) || too_far(window.forward_days) {
            let message = format!("must name at most {} days", Window::DAYS_MAX);
            fields.refuse(field.clone(), message);
        }
        let data = self.page_data(page);
        let unbounded = grant.implied().actions().any(|action| {
            let gives = data.map(|data| data.gives(action));
            gives.is_some_and(|gives| {
                let mut given = gives.permissions.iter();
                given.any(|permission| !self.honours_window(permission))
            })
        });
        if unbounded && !window.is_open() {
            fields.refuse(field, "cannot be kept for what this page gives");
        }
    }
}

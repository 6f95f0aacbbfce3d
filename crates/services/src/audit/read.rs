//! Reading the audit: a tenant's by who may, the installation's own by who operates all of it.
//!
//! A member reads as far as their permission reaches. Whoever operates the installation reads any
//! tenant's by naming it, and that is recorded there as what it is.

use std::collections::BTreeSet;

use bailiwick_kernel::PlatformRole;
use bailiwick_kernel::id::AuditId;
use bailiwick_kernel::page::{Cursor, Page, PageQuery};
use bailiwick_kernel::policy::{Reach, permission};
use bailiwick_kernel::{Code, Problem};
use bailiwick_store::audit::Fact;
use bailiwick_store::audit::read::{Entry, Filter, List, open_installation};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::paging::place;
use crate::people::People;
use crate::{App, Caller, Error, Result, Scope};

/// Facts of one page of an export.
const EXPORT_ROWS: i64 = 500;

/// The place after which a page begins.
type Place = Option<(Timestamp, Uuid)>;

/// Somebody who reads facts, and whose.
pub enum Reader {
    /// An organization's.
    Tenant(Box<Scope>),
    /// Those of no organization.
    Installation(Box<Caller>),
}

impl Reader {
    /// Of the organization that the caller names; where they name none and operate everything, of
    /// the installation itself.
    ///
    /// # Errors
    /// As [`Scope::open`].
    pub async fn open(caller: Caller) -> Result<Self> {
        if !caller.names_organization() && caller.platform_role() == PlatformRole::SuperAdmin {
            return Ok(Self::Installation(Box::new(caller)));
        }
        Ok(Self::Tenant(Box::new(Scope::open(caller).await?)))
    }

    /// The organization's scope, where it is one's.
    #[must_use]
    pub fn scope(&self) -> Option<&Scope> {
        match self {
            Self::Tenant(scope) => Some(scope),
            Self::Installation(_) => None,
        }
    }

    fn app(&self) -> &App {
        match self {
            Self::Tenant(scope) => scope.app(),
            Self::Installation(caller) => caller.app(),
        }
    }

    /// A page of facts, newest first. What operators of the installation read is recorded.
    ///
    /// # Errors
    /// `PERMISSION_DENIED`; a cursor of another list.
    pub async fn page(
        &mut self,
        filter: &Filter,
        query: &PageQuery,
    ) -> Result<(Page<Entry>, People)> {
        let after = place(query.cursor.as_ref())?;
        let fetch = query.limit.fetch();
        let rows = match self {
            Self::Tenant(scope) if scope.is_operator() => {
                recorded(scope, "audit.read", filter, described(filter), after, fetch).await?
            }
            Self::Tenant(scope) => read(scope, filter, after, fetch).await?,
            Self::Installation(caller) => {
                let why = Some(("audit.read", described(filter)));
                of_installation(caller, filter, after, fetch, why).await?
            }
        };
        let people = people(self.app(), &rows).await?;
        let page = Page::cut(rows, query.limit, |entry| {
            Cursor::after(entry.at, entry.id.uuid())
        });
        Ok((page, people))
    }

    /// All facts, page by page. That they are exported is recorded before the first is read.
    ///
    /// # Errors
    /// `PERMISSION_DENIED`.
    pub async fn export(mut self, filter: Filter, format: &'static str) -> Result<Export> {
        let mut what = described(&filter);
        what["format"] = json!(format);
        match &mut self {
            Self::Tenant(scope) => {
                recorded(scope, "audit.export", &filter, what, None, 0).await?;
            }
            Self::Installation(caller) => {
                let why = Some(("audit.export", what));
                of_installation(caller, &filter, None, 0, why).await?;
            }
        }
        Ok(Export {
            reader: self,
            filter,
            after: None,
            is_over: false,
        })
    }
}

/// An export under way. Between two pages it holds nothing.
pub struct Export {
    reader: Reader,
    filter: Filter,
    after: Place,
    is_over: bool,
}

impl Export {
    /// The next facts with the names of who did them; none at the end.
    ///
    /// # Errors
    /// The database's; `PERMISSION_DENIED` where the permission is gone meanwhile.
    pub async fn next_page(&mut self) -> Result<Option<(Vec<Entry>, People)>> {
        if self.is_over {
            return Ok(None);
        }
        let (filter, after) = (&self.filter, self.after);
        let rows = match &mut self.reader {
            Reader::Tenant(scope) => read(scope, filter, after, EXPORT_ROWS).await?,
            Reader::Installation(caller) => {
                of_installation(caller, filter, after, EXPORT_ROWS, None).await?
            }
        };
        self.after = rows.last().map(|entry| (entry.at, entry.id.uuid()));
        self.is_over = i64::try_from(rows.len()).unwrap_or(i64::MAX) < EXPORT_ROWS;
        let people = people(self.reader.app(), &rows).await?;
        Ok(Some((rows, people)))
    }
}

/// What the reach leaves of a filter: who may not see all sees what they did and what was done to
/// them (SCP-09).
fn narrowed(filter: &Filter, reach: Reach, scope: &Scope) -> Filter {
    Filter {
        concerning: (reach != Reach::All).then(|| scope.me()),
        ..filter.clone()
    }
}

async fn read(scope: &mut Scope, filter: &Filter, after: Place, limit: i64) -> Result<Vec<Entry>> {
    let me = scope.clone();
    scope
        .read(permission::AUDIT_READ, |reach| {
            List::new(narrowed(filter, reach, &me), after, limit)
        })
        .await
}

/// The same in a transaction that also records that it was read.
async fn recorded(
    scope: &mut Scope,
    action: &'static str,
    filter: &Filter,
    what: Value,
    after: Place,
    limit: i64,
) -> Result<Vec<Entry>> {
    let reach = scope.authorize(permission::AUDIT_READ).await?;
    let list = List::new(narrowed(filter, reach, scope), after, limit);
    scope
        .change(permission::AUDIT_READ, |mut op| {
            let (list, what) = (list.clone(), what.clone());
            async move {
                let rows = op.tx().read(&list).await?;
                let org = op.org();
                op.audit(action, "organization", org, None, Some(what));
                Ok((op, rows))
            }
        })
        .await
}

/// The installation's own facts, for who operates everything at that moment.
async fn of_installation(
    caller: &mut Caller,
    filter: &Filter,
    after: Place,
    limit: i64,
    why: Option<(&'static str, Value)>,
) -> Result<Vec<Entry>> {
    let list = List::new(filter.clone(), after, limit);
    match installation_once(caller, &list, why.clone()).await {
        Err(error) if error.is_stale() => {}
        other => return other,
    }
    *caller = caller.refreshed().await?;
    let denied = |error: Error| match error {
        error if error.is_stale() => Problem::new(Code::PermissionDenied).into(),
        error => error,
    };
    installation_once(caller, &list, why).await.map_err(denied)
}

async fn installation_once(
    caller: &Caller,
    list: &List,
    why: Option<(&'static str, Value)>,
) -> Result<Vec<Entry>> {
    let store = caller.app().store();
    let mut tx = store.control().await?;
    open_installation(&mut tx, caller.user(), caller.context.user_version).await?;
    let rows = list.of_installation(&mut tx).await?;
    if let Some((action, what)) = why {
        let fact = Fact {
            after: Some(what),
            ..caller.fact(caller.app().env().now(), action, ("installation", "audit"))
        };
        store.record(&mut tx, &fact).await?;
    }
    tx.commit().await?;
    Ok(rows)
}

/// What was asked for, for the fact that it was.
fn described(filter: &Filter) -> Value {
    let mut asked = Map::new();
    let mut add = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            asked.insert(name.to_owned(), Value::String(value));
        }
    };
    add("actorId", filter.actor.map(|id| id.to_string()));
    add("objectType", filter.object_type.clone());
    add("objectId", filter.object_id.clone());
    add("action", filter.action.clone());
    add("from", filter.from.map(|at| at.to_string()));
    add("to", filter.to.map(|at| at.to_string()));
    Value::Object(asked)
}

async fn people(app: &App, rows: &[Entry]) -> Result<People> {
    let actors = rows.iter().filter_map(|entry| entry.actor);
    let mut people = app.people(actors).await?;
    let acting: BTreeSet<&String> = rows
        .iter()
        .filter_map(|e| e.impersonator.as_ref())
        .collect();
    let acting: Vec<String> = acting.into_iter().cloned().collect();
    app.add_by_clerk_id(&mut people, &acting).await?;
    Ok(people)
}

impl Caller {
    /// A fact of this caller's doing.
    pub(crate) fn fact<'a>(
        &'a self,
        now: Timestamp,
        action: &'a str,
        object: (&'a str, &'a str),
    ) -> Fact<'a> {
        let actor = self.claims.actor.as_ref();
        Fact {
            id: AuditId::from(self.app.env().uuid()),
            at: now,
            origin: "user",
            actor: Some(self.user()),
            impersonator: actor.map(|actor| actor.user_id.as_str()),
            action,
            object_type: object.0,
            object_id: object.1,
            before: None,
            after: None,
            request: Some(self.request.id),
            address: self.request.address.as_deref(),
        }
    }
}

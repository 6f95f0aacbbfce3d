//! What may be done with tickets, and what is recorded of it.
//!
//! A permission is the only way to a row: [`Scope::read`] for one statement, [`Scope::change`] for a
//! transaction, which commits with the fact that it recorded or not at all.

use bailiwick_kernel::Problem;
use bailiwick_kernel::id::UserId;
use bailiwick_kernel::page::{Cursor, Page, PageQuery};
use bailiwick_kernel::policy::{Extent, Reach};
use bailiwick_kernel::text::Fields;
use bailiwick_services::idempotency::IdempotencyKey;
use bailiwick_services::paging::place;
use bailiwick_services::people::People;
use bailiwick_services::{Op, Result, Scope};
use serde_json::{Value, json};

use crate::store::{self as rows, Ticket};
use crate::{TicketId, permission};

/// What is said of a new ticket.
#[derive(Debug, Clone)]
pub struct Input {
    /// A line, 1 to 200 characters.
    pub title: String,
    /// At most 10,000 characters.
    pub description: Option<String>,
    /// `low`, `medium` or `high`.
    pub priority: &'static str,
    /// A word or two, 1 to 64 characters: `technical`.
    pub category: String,
}

/// What changes of a ticket; what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// As in [`Input`].
    pub title: Option<String>,
    /// As in [`Input`]; a blank one takes it away.
    pub description: Option<String>,
    /// As in [`Input`].
    pub priority: Option<&'static str>,
    /// As in [`Input`].
    pub category: Option<String>,
    /// `open` or `closed`.
    pub status: Option<&'static str>,
}

impl Change {
    /// `ticket` with this change.
    fn of(&self, ticket: &Ticket) -> Result<Ticket, Problem> {
        let mut fields = Fields::new();
        let mut to = ticket.clone();
        if let Some(title) = &self.title {
            to.title = fields.line("title", title, 1..=200);
        }
        if let Some(text) = &self.description {
            to.description = fields.optional_lines("description", Some(text.as_str()), 10_000);
        }
        if let Some(category) = &self.category {
            to.category = fields.line("category", category, 1..=64);
        }
        fields.finish()?;
        if let Some(priority) = self.priority {
            priority.clone_into(&mut to.priority);
        }
        if let Some(status) = self.status {
            status.clone_into(&mut to.status);
        }
        Ok(to)
    }
}

/// A ticket, with whoever it names.
#[derive(Debug)]
pub struct TicketAndPeople {
    /// The ticket.
    pub ticket: Ticket,
    /// Whoever it names.
    pub people: People,
}

/// A page of the tickets that the caller sees, newest first; of one status, or of any.
///
/// # Errors
/// `PERMISSION_DENIED`; a cursor of another list.
pub async fn list(
    scope: &mut Scope,
    status: Option<&'static str>,
    query: &PageQuery,
) -> Result<(Page<Ticket>, People)> {
    let (me, permission) = (scope.me(), scope.permission(permission::READ)?);
    let after = place(query.cursor.as_ref())?;
    let fetch = query.limit.fetch();
    let found = scope
        .read(permission, |reach| {
            let whose = (reach != Reach::All).then_some(me);
            rows::List::new(status, after, fetch, whose)
        })
        .await?;
    let people = scope.app().people(found.iter().map(|t| t.opened_by));
    let people = people.await?;
    let page = Page::cut(found, query.limit, |t| {
        Cursor::after(t.created_at, t.id.uuid())
    });
    Ok((page, people))
}

/// One ticket.
///
/// # Errors
/// `NOT_FOUND`, `PERMISSION_DENIED`.
pub async fn get(scope: &mut Scope, id: TicketId) -> Result<TicketAndPeople> {
    let (me, permission) = (scope.me(), scope.permission(permission::READ)?);
    let found = scope
        .read(permission, |reach| {
            rows::Get::new(id, (reach != Reach::All).then_some(me))
        })
        .await;
    let found = found.and_then(|found| Ok(found.ok_or_else(Problem::not_found)?));
    let ticket = or_elsewhere(scope, id, found).await?;
    named(scope, ticket).await
}

/// Opens a ticket. A repeated request with the same key opens none, and answers the first.
///
/// # Errors
/// `PERMISSION_DENIED`, `VALIDATION_FAILED`, `IDEMPOTENCY_MISMATCH`.
pub async fn create(
    scope: &mut Scope,
    input: &Input,
    key: Option<&IdempotencyKey>,
) -> Result<TicketAndPeople> {
    let mut fields = Fields::new();
    let title = &fields.line("title", &input.title, 1..=200);
    let text = &fields.optional_lines("description", input.description.as_deref(), 10_000);
    let category = &fields.line("category", &input.category, 1..=64);
    fields.finish()?;
    let permission = scope.permission(permission::CREATE)?;
    let ticket = scope
        .change(permission, |mut op| async move {
            let (me, now) = (op.me(), op.now());
            let id = TicketId::from(op.app().env().uuid());
            if let Some(first) = op.repeated(key, "tickets.create", id.uuid()).await? {
                let first = rows::Get::new(TicketId::from(first), Some(me));
                let first = op.tx().read(&first).await?;
                return Ok((op, first.ok_or_else(Problem::not_found)?));
            }
            let ticket = Ticket {
                id,
                title: title.clone(),
                description: text.clone(),
                priority: input.priority.to_owned(),
                category: category.clone(),
                status: "open".to_owned(),
                opened_by: me,
                created_at: now,
                updated_at: now,
            };
            op.tx().write(&rows::Insert::new(&ticket)).await?;
            op.audit("tickets.create", "ticket", id, None, Some(fact(&ticket)));
            Ok((op, ticket))
        })
        .await?;
    named(scope, ticket).await
}

/// Changes a ticket.
///
/// # Errors
/// `NOT_FOUND`, `PERMISSION_DENIED`, `VALIDATION_FAILED`.
pub async fn update(scope: &mut Scope, id: TicketId, change: &Change) -> Result<TicketAndPeople> {
    let permission = scope.permission(permission::UPDATE)?;
    let changed = scope
        .change(permission, |mut op| async move {
            let before = lock(&mut op, id).await?;
            let mut after = change.of(&before)?;
            if fact(&after) == fact(&before) {
                op.unchanged();
                return Ok((op, before));
            }
            after.updated_at = op.now();
            op.tx().write(&rows::Update::new(&after)).await?;
            let facts = (Some(fact(&before)), Some(fact(&after)));
            op.audit("tickets.update", "ticket", id, facts.0, facts.1);
            Ok((op, after))
        })
        .await;
    let ticket = or_elsewhere(scope, id, changed).await?;
    named(scope, ticket).await
}

/// Deletes a ticket.
///
/// # Errors
/// `NOT_FOUND`, `PERMISSION_DENIED`.
pub async fn delete(scope: &mut Scope, id: TicketId) -> Result<()> {
    let permission = scope.permission(permission::DELETE)?;
    let gone = scope
        .change(permission, |mut op| async move {
            let before = lock(&mut op, id).await?;
            op.tx().write(&rows::Delete::new(id)).await?;
            op.audit("tickets.delete", "ticket", id, Some(fact(&before)), None);
            Ok((op, ()))
        })
        .await;
    or_elsewhere(scope, id, gone).await
}

/// The ticket under lock. To who may not see it, it does not exist, whatever else they may.
async fn lock(op: &mut Op, id: TicketId) -> Result<Ticket> {
    let read = op.permission(permission::READ)?;
    let (me, extent) = (op.me(), op.extent(read));
    let found = op.tx().read(&rows::Lock::new(id)).await?;
    let seen = found.filter(|ticket| sees(me, extent, ticket.opened_by));
    Ok(seen.ok_or_else(Problem::not_found)?)
}

fn sees(me: UserId, extent: Extent, opened_by: UserId) -> bool {
    extent.all.is_some() || (extent.own.is_some() && opened_by == me)
}

/// Who has another of their organizations active is told so; to everybody else it does not exist.
async fn or_elsewhere<T>(scope: &Scope, id: TicketId, result: Result<T>) -> Result<T> {
    let (me, read) = (scope.me(), scope.permission(permission::READ)?);
    let look = |extent: Extent| rows::Get::new(id, extent.all.is_none().then_some(me));
    scope.or_in_another(read, result, look).await
}

async fn named(scope: &Scope, ticket: Ticket) -> Result<TicketAndPeople> {
    let people = scope.app().people([ticket.opened_by]).await?;
    Ok(TicketAndPeople { ticket, people })
}

/// What the audit keeps of a ticket. `userId` lets whoever opened it hear of it in the event stream.
fn fact(ticket: &Ticket) -> Value {
    json!({
        "userId": ticket.opened_by, "title": ticket.title, "description": ticket.description,
        "priority": ticket.priority, "category": ticket.category, "status": ticket.status,
    })
}

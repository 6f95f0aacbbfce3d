//! What somebody asks for and somebody else decides on.

use bailiwick_kernel::Problem;
use bailiwick_kernel::id::ApprovalId;
use bailiwick_kernel::page::{Cursor, Page, PageQuery};
use bailiwick_kernel::policy::{Extent, permission};
use bailiwick_kernel::text::Fields;
use bailiwick_kernel::{Code, Refusal};
use bailiwick_store::approvals::{self as rows, Approval, Request, Verdict, Viewer};
use serde_json::json;

use crate::idempotency::IdempotencyKey;
use crate::paging::place;
use crate::people::People;
use crate::{Op, Result, Scope};

/// More than anybody asks for, and exact as a number of JSON.
const AMOUNT_MAX: i64 = 1_000_000_000_000_000;

/// What somebody asks for.
#[derive(Debug, Clone)]
pub struct Input {
    /// What for, 1 to 64 characters: `cash_advance`.
    pub kind: String,
    /// In the smallest unit of the currency, 1 to 10^15.
    pub amount: i64,
    /// ISO 4217, upper case.
    pub currency: String,
    /// Why, at most 2,000 characters.
    pub note: Option<String>,
}

impl Input {
    fn check(&self) -> Result<Self, Problem> {
        let mut fields = Fields::new();
        let kind = fields.line("kind", &self.kind, 1..=64);
        let amounts = 1..=AMOUNT_MAX;
        fields.require(
            amounts.contains(&self.amount),
            "amount",
            "must be from 1 to 1000000000000000",
        );
        let currency = &self.currency;
        let is_code = currency.len() == 3 && currency.bytes().all(|b| b.is_ascii_uppercase());
        fields.require(is_code, "currency", "must be a code like EUR");
        let note = fields.optional_lines("note", self.note.as_deref(), 2000);
        fields.finish()?;
        Ok(Self {
            kind,
            amount: self.amount,
            currency: currency.clone(),
            note,
        })
    }
}

/// How something is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Yes.
    Approve,
    /// No.
    Reject,
}

impl Decision {
    const fn status(self) -> &'static str {
        match self {
            Self::Approve => "APPROVED",
            Self::Reject => "REJECTED",
        }
    }

    const fn action(self) -> &'static str {
        match self {
            Self::Approve => "approvals.approve",
            Self::Reject => "approvals.reject",
        }
    }
}

/// Something asked for, with whoever it names.
#[derive(Debug)]
pub struct ApprovalAndPeople {
    /// What was asked for.
    pub approval: Approval,
    /// Whoever it names.
    pub people: People,
}

/// One of what the caller sees.
///
/// # Errors
/// `NOT_FOUND`, `PERMISSION_DENIED`.
pub async fn get(scope: &mut Scope, id: ApprovalId) -> Result<ApprovalAndPeople> {
    let (me, now) = (scope.me(), scope.app().env().now());
    let found = scope
        .read_within(permission::APPROVALS_READ, |extent| {
            rows::Get::new(id, Viewer::new(me, extent, now))
        })
        .await;
    let found = found.and_then(|found| Ok(found.ok_or_else(Problem::not_found)?));
    let approval = scope.or_approval_elsewhere(id, found).await?;
    let people = people(scope, std::slice::from_ref(&approval)).await?;
    Ok(ApprovalAndPeople { approval, people })
}

/// A page of what the caller sees, newest first; of one status, or of any.
///
/// # Errors
/// `PERMISSION_DENIED`; a cursor of another list.
pub async fn list(
    scope: &mut Scope,
    status: Option<&'static str>,
    query: &PageQuery,
) -> Result<(Page<Approval>, People)> {
    let (me, now) = (scope.me(), scope.app().env().now());
    let after = place(query.cursor.as_ref())?;
    let fetch = query.limit.fetch();
    let found = scope
        .read_within(permission::APPROVALS_READ, |extent| {
            rows::List::new(Viewer::new(me, extent, now), status, after, fetch)
        })
        .await?;
    let people = people(scope, &found).await?;
    let page = Page::cut(found, query.limit, |a| {
        Cursor::after(a.created_at, a.id.uuid())
    });
    Ok((page, people))
}

async fn people(scope: &Scope, of: &[Approval]) -> Result<People> {
    let mut ids = Vec::with_capacity(2 * of.len());
    for approval in of {
        ids.push(approval.requested_by);
        ids.extend(approval.decided_by);
    }
    scope.app().people(ids).await
}

/// Asks for something.
///
/// # Errors
/// `PERMISSION_DENIED`, `VALIDATION_FAILED`, `IDEMPOTENCY_MISMATCH`.
pub async fn request(
    scope: &mut Scope,
    input: &Input,
    key: Option<&IdempotencyKey>,
) -> Result<ApprovalAndPeople> {
    let input = &input.check()?;
    let approval = scope
        .change(permission::APPROVALS_REQUEST, |mut op| async move {
            let (me, now) = (op.me(), op.now());
            let id = ApprovalId::from(op.app().env().uuid());
            if let Some(first) = op.repeated(key, "approvals.request", id.uuid()).await? {
                let id = ApprovalId::from(first);
                let found = seen(&mut op, id, Extent::OWN).await?;
                return Ok((op, found));
            }
            let request = Request {
                kind: &input.kind,
                amount: input.amount,
                currency: &input.currency,
                note: input.note.as_deref(),
            };
            op.tx().insert_approval(id, &request, me, now).await?;
            let after = json!({
                "userId": me, "kind": input.kind, "amount": input.amount,
                "currency": input.currency, "note": input.note,
            });
            op.audit("approvals.request", "approval", id, None, Some(after));
            // Who asks sees the answer, whether or not they see the list.
            let made = seen(&mut op, id, Extent::OWN).await?;
            Ok((op, made))
        })
        .await?;
    let people = people(scope, std::slice::from_ref(&approval)).await?;
    Ok(ApprovalAndPeople { approval, people })
}

async fn seen(op: &mut Op, id: ApprovalId, extent: Extent) -> Result<Approval> {
    let viewer = Viewer::new(op.me(), extent, op.now());
    let found = op.tx().read(&rows::Get::new(id, viewer)).await?;
    Ok(found.ok_or_else(Problem::not_found)?)
}

/// Decides on what another person asked for. Of two who decide at once, the first does.
///
/// # Errors
/// `NOT_FOUND`; `PERMISSION_DENIED`, also for one's own; `CONFLICT` where it is decided already;
/// `VALIDATION_FAILED`; `IDEMPOTENCY_MISMATCH`.
pub async fn decide(
    scope: &mut Scope,
    id: ApprovalId,
    decision: Decision,
    note: Option<&str>,
    key: Option<&IdempotencyKey>,
) -> Result<ApprovalAndPeople> {
    let mut fields = Fields::new();
    let note = fields.optional_lines("note", note, 2000);
    fields.finish()?;
    let note = note.as_deref();
    let decided = scope
        .change(permission::APPROVALS_APPROVE, |mut op| async move {
            let first = op.repeated(key, decision.action(), id.uuid()).await?;
            let extent = op.extent(permission::APPROVALS_READ);
            let before = seen(&mut op, id, extent).await?;
            if first.is_some() {
                return Ok((op, before));
            }
            let (me, now) = (op.me(), op.now());
            if before.requested_by == me {
                return Err(ones_own().into());
            }
            let verdict = Verdict {
                status: decision.status(),
                note,
            };
            if !op.tx().decide_approval(id, &verdict, me, now).await? {
                let problem = Problem::new(Code::Conflict);
                return Err(problem.detail("It has been decided already").into());
            }
            op.audit(
                decision.action(),
                "approval",
                id,
                Some(json!({"status": before.status})),
                Some(json!({
                    "userId": before.requested_by, "status": decision.status(), "note": note,
                })),
            );
            let after = Approval {
                status: decision.status().to_owned(),
                decided_by: Some(me),
                decided_at: Some(now),
                decision_note: note.map(str::to_owned),
                ..before
            };
            Ok((op, after))
        })
        .await;
    let approval = scope.or_approval_elsewhere(id, decided).await?;
    let people = people(scope, std::slice::from_ref(&approval)).await?;
    Ok(ApprovalAndPeople { approval, people })
}

fn ones_own() -> Problem {
    Problem::denied()
        .detail("Somebody else decides on what you ask for")
        .refusal(Refusal::of("own_request"))
}

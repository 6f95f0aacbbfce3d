//! Signing up with a ticket: who presents it has read the mail, so the address is proven.

use crate::domain::tickets::{self, Admission, Source, Ticket};
use crate::domain::{users as user_acts, verifications};
use crate::error::Result;
use crate::frontend::fields::Fields;
use crate::frontend::visit::Visit;
use crate::instance::Idp;
use crate::store::sign_ups::{self as rows, SignUp};
use crate::store::{tickets as bindings, users};

/// The ticket of a form, where it brings one: 400 for one that this instance did not make or
/// whose time is over.
pub fn read(idp: &Idp, form: &Fields) -> Result<Option<Ticket>> {
    let is_ticket = form.get("strategy") == Some("ticket");
    match form.get("ticket") {
        Some(text) => Ok(Some(tickets::read(idp, text)?)),
        None if is_ticket => Err(crate::error::Refusal::missing("ticket").into()),
        None => Ok(None),
    }
}

/// Begins a stored attempt with a ticket: its address is the attempt's, and is proven. 400 for a
/// ticket that opens nothing, 422 where a user has the address.
pub async fn present(visit: &mut Visit, sign_up: &mut SignUp, ticket: &Ticket) -> Result<()> {
    let idp = visit.idp.clone();
    let admission = tickets::admit(&idp, &mut visit.tx, ticket).await?;
    let address = admission.email_address;
    if users::find_by_email(&mut visit.tx, &address)
        .await?
        .is_some()
    {
        return Err(user_acts::identifier_exists("email_address").into());
    }
    sign_up.email_address = Some(address);
    sign_up.email_verification = Some(verifications::record(&idp, &mut visit.tx, "ticket").await?);
    let (source, source_id) = (ticket.source.as_str(), &ticket.source_id);
    bindings::bind(&mut visit.tx, &sign_up.id, source, source_id).await?;
    rows::save(&mut visit.tx, sign_up, visit.now).await
}

/// The ticket of an attempt and what it still opens, for the attempt's address. None where the
/// attempt went on with another address; 400 where the ticket opens nothing any more.
pub async fn presented(visit: &mut Visit, sign_up: &SignUp) -> Result<Option<(Ticket, Admission)>> {
    let Some((source, source_id)) = bindings::find(&mut visit.tx, &sign_up.id).await? else {
        return Ok(None);
    };
    let source = Source::parse(&source).ok_or_else(tickets::invalid)?;
    let ticket = Ticket { source, source_id };
    let idp = visit.idp.clone();
    let is_by_ticket = sign_up
        .email_verification
        .as_ref()
        .is_some_and(|row| row.strategy == "ticket");
    if !is_by_ticket {
        return Ok(None);
    }
    let admission = tickets::admit(&idp, &mut visit.tx, &ticket).await?;
    let own = sign_up.email_address.as_ref();
    let same = own.is_some_and(|own| own.to_lowercase() == admission.email_address.to_lowercase());
    Ok(same.then_some((ticket, admission)))
}

//! A read in one flight: `BEGIN`, entry, statement and `COMMIT` leave together.

use futures::future::join4;

use crate::pool::Pool;
use crate::tx::{Tx, admitted};
use crate::{Entry, Error, Params, Result, Row, Schema, Statement};

/// Where a guarded transaction goes: whose connection it prefers, in which schema it works, and
/// what must hold before it does.
#[derive(Debug, Clone)]
pub struct Flight {
    /// Prefers the connection that last carried the same number.
    pub affinity: u64,
    /// Replaces `{t}` in its statements.
    pub schema: Schema,
    /// Opens the transaction.
    pub entry: Entry,
}

impl Pool {
    /// Runs one reading statement in a transaction of its own, guarded by the flight's entry, in
    /// a single round trip (where both statements are known to the connection or new to it).
    ///
    /// Everything has been handed over at the first poll: a dropped future leaves no transaction
    /// open.
    ///
    /// # Errors
    /// The database's; [`Error::Refused`] where the entry does not hold: an empty answer is then
    /// not an answer.
    pub async fn read(
        &self,
        flight: &Flight,
        statement: &'static Statement,
        params: &Params<'_>,
    ) -> Result<Vec<Row>> {
        let loan = self.checkout(flight.affinity).await?;
        let connection = loan.connection()?;
        let entry_plan = connection.plan(flight.entry.statement, None).await?;
        let plan = connection.plan(statement, Some(&flight.schema)).await?;
        let entry_params = flight.entry.params();
        let (begun, entered, done, ended) = join4(
            connection.client.batch_execute("BEGIN READ ONLY"),
            connection.run(&entry_plan, &entry_params),
            connection.run(&plan, params),
            connection.client.batch_execute("COMMIT"),
        )
        .await;
        begun.map_err(Error::from)?;
        admitted(entered)?;
        let outcome = done?;
        ended.map_err(Error::from)?;
        Ok(outcome.rows)
    }

    /// A guarded transaction of several statements. Nothing is sent until the first.
    ///
    /// # Errors
    /// No connection became free in time.
    pub async fn enter(&self, flight: &Flight) -> Result<Tx> {
        let loan = self.checkout(flight.affinity).await?;
        Ok(Tx::new(
            loan,
            Some(flight.entry),
            Some(flight.schema.clone()),
        ))
    }
}

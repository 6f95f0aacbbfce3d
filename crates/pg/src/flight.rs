//! A read in one flight: entry and statement leave together and are one transaction.

use crate::connection::Call;
use crate::pool::Pool;
use crate::tx::Tx;
use crate::{Entry, Params, Result, Row, Schema, Statement};

/// Where a guarded transaction goes: whose connection it prefers, in which schema it works, and
/// what must hold before it does.
#[derive(Debug, Clone)]
pub struct Flight {
    /// Comes back to a connection that has carried the same number; 0: any will do.
    pub affinity: u64,
    /// Who has the same number gets most of a pool's connections and never all of them; 0: no bound.
    pub lane: u64,
    /// Replaces `{t}` in its statements.
    pub schema: Schema,
    /// Opens the transaction.
    pub entry: Entry,
}

impl Pool {
    /// Runs one reading statement in a transaction of its own, guarded by the flight's entry: one
    /// write, one Sync, one answer. What lies between two Syncs is one transaction to PostgreSQL,
    /// and its end undoes it where any part failed.
    ///
    /// # Errors
    /// The database's; [`crate::Error::Refused`] where the entry does not hold: an empty answer
    /// is then not an answer.
    pub async fn read(
        &self,
        flight: &Flight,
        statement: &'static Statement,
        params: &Params<'_>,
    ) -> Result<Vec<Row>> {
        let mut loan = self.checkout_for(flight).await?;
        let entry = Call {
            statement: flight.entry.reading,
            schema: None,
            params: &flight.entry.params(),
        };
        let work = Call {
            statement,
            schema: Some(&flight.schema),
            params,
        };
        let [_, done] = loan.connection()?.fly([entry, work], Some(0)).await?;
        Ok(done.rows)
    }

    /// A guarded transaction of several statements. Nothing is sent until the first.
    ///
    /// # Errors
    /// No connection became free in time.
    pub async fn enter(&self, flight: &Flight) -> Result<Tx> {
        let loan = self.checkout_for(flight).await?;
        Ok(Tx::new(
            loan,
            Some(flight.entry),
            Some(flight.schema.clone()),
        ))
    }
}

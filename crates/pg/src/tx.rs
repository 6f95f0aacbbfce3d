//! A transaction that cannot be left open.

use futures::future::{join, join3};

use crate::connection::Outcome;
use crate::pool::{Loan, at_most_one, exactly_one};
use crate::{Entry, Error, Params, Result, Row, Schema, Statement};

enum State {
    /// Nothing has been sent.
    New,
    /// `BEGIN` has been sent, and the entry where there is one.
    Open,
    /// A statement failed; the server rolls back whatever we say.
    Failed,
    /// Committed, or there was nothing to commit.
    Done,
}

/// A transaction. `BEGIN` and the entry leave in the same flight as its first statement.
///
/// Dropped without [`Tx::commit`] or [`Tx::finish`] it is rolled back: `ROLLBACK` is on its way
/// before the connection is anybody else's, also when the future that ran a statement was dropped
/// half-way.
pub struct Tx {
    loan: Loan,
    entry: Option<Entry>,
    schema: Option<Schema>,
    state: State,
    /// A statement is under way. Where this is still set when the transaction is dropped, or is to
    /// be committed, the caller gave up waiting: the connection is not lent again, since whoever
    /// got it would wait for that statement.
    in_flight: bool,
}

impl Tx {
    pub(crate) fn new(loan: Loan, entry: Option<Entry>, schema: Option<Schema>) -> Self {
        Self {
            loan,
            entry,
            schema,
            state: State::New,
            in_flight: false,
        }
    }

    async fn run(&mut self, statement: &'static Statement, params: &Params<'_>) -> Result<Outcome> {
        if std::mem::replace(&mut self.in_flight, true) {
            return Err(Error::Poisoned);
        }
        let result = self.send(statement, params).await;
        self.in_flight = false;
        result
    }

    async fn send(
        &mut self,
        statement: &'static Statement,
        params: &Params<'_>,
    ) -> Result<Outcome> {
        match self.state {
            State::New => self.open(statement, params).await,
            State::Open => {
                let connection = self.loan.connection()?;
                let plan = connection.plan(statement, self.schema.as_ref()).await;
                let result = match plan {
                    Ok(plan) => connection.run(&plan, params).await,
                    Err(error) => Err(error),
                };
                self.settle(result)
            }
            State::Failed | State::Done => Err(Error::Poisoned),
        }
    }

    /// `BEGIN`, the entry and the first statement, in one flight.
    async fn open(
        &mut self,
        statement: &'static Statement,
        params: &Params<'_>,
    ) -> Result<Outcome> {
        let connection = self.loan.connection()?;
        let entry_plan = match &self.entry {
            Some(entry) => Some(connection.plan(entry.statement, None).await?),
            None => None,
        };
        let plan = connection.plan(statement, self.schema.as_ref()).await?;
        // From here on the server may have an open transaction, whatever happens to us.
        self.state = State::Open;
        let begin = connection.client.batch_execute("BEGIN");
        let work = connection.run(&plan, params);
        let result = match (&self.entry, &entry_plan) {
            (Some(entry), Some(entry_plan)) => {
                let params = entry.params();
                let enter = connection.run(entry_plan, &params);
                let (begun, entered, done) = join3(begin, enter, work).await;
                begun.map_err(Error::from).and(admitted(entered)).and(done)
            }
            _ => {
                let (begun, done) = join(begin, work).await;
                begun.map_err(Error::from).and(done)
            }
        };
        self.settle(result)
    }

    fn settle<T>(&mut self, result: Result<T>) -> Result<T> {
        if result.is_err() {
            self.state = State::Failed;
            if let Ok(connection) = self.loan.connection() {
                connection.send_rollback();
            }
        }
        result
    }

    /// All rows.
    ///
    /// # Errors
    /// The database's; [`Error::Refused`] where the entry does not hold. The transaction is over.
    pub async fn query(
        &mut self,
        statement: &'static Statement,
        params: &Params<'_>,
    ) -> Result<Vec<Row>> {
        Ok(self.run(statement, params).await?.rows)
    }

    /// The row, where there is one.
    ///
    /// # Errors
    /// As [`Tx::query`]; more than one row.
    pub async fn query_opt(
        &mut self,
        statement: &'static Statement,
        params: &Params<'_>,
    ) -> Result<Option<Row>> {
        at_most_one(statement, self.run(statement, params).await?)
    }

    /// The row.
    ///
    /// # Errors
    /// As [`Tx::query`]; not exactly one row.
    pub async fn query_one(
        &mut self,
        statement: &'static Statement,
        params: &Params<'_>,
    ) -> Result<Row> {
        exactly_one(statement, self.run(statement, params).await?)
    }

    /// The number of rows affected.
    ///
    /// # Errors
    /// As [`Tx::query`].
    pub async fn execute(
        &mut self,
        statement: &'static Statement,
        params: &Params<'_>,
    ) -> Result<u64> {
        Ok(self.run(statement, params).await?.affected)
    }

    /// Sets the schema that replaces `{t}` from here on.
    pub fn set_schema(&mut self, schema: Schema) {
        self.schema = Some(schema);
    }

    /// Commits. What was written is durable when this returns `Ok`.
    ///
    /// # Errors
    /// The database's; [`Error::Poisoned`] where a statement failed before: the server answers
    /// `COMMIT` of a failed transaction with success, so we do not ask it.
    pub async fn commit(mut self) -> Result<()> {
        if self.in_flight {
            return Err(Error::Poisoned);
        }
        match self.state {
            State::New => {
                self.state = State::Done;
                Ok(())
            }
            State::Open => {
                let connection = self.loan.connection()?;
                connection.client.batch_execute("COMMIT").await?;
                self.state = State::Done;
                Ok(())
            }
            State::Failed | State::Done => Err(Error::Poisoned),
        }
    }

    /// The last statement, with `COMMIT` in the same flight.
    ///
    /// # Errors
    /// As [`Tx::query`] and [`Tx::commit`]; nothing is committed where the statement failed.
    pub async fn finish(
        mut self,
        statement: &'static Statement,
        params: &Params<'_>,
    ) -> Result<u64> {
        if matches!(self.state, State::New) {
            let affected = self.execute(statement, params).await?;
            self.commit().await?;
            return Ok(affected);
        }
        if !matches!(self.state, State::Open) || std::mem::replace(&mut self.in_flight, true) {
            return Err(Error::Poisoned);
        }
        let connection = self.loan.connection()?;
        let plan = connection.plan(statement, self.schema.as_ref()).await?;
        let work = connection.run(&plan, params);
        let commit = connection.client.batch_execute("COMMIT");
        let (done, committed) = join(work, commit).await;
        self.in_flight = false;
        let affected = done?.affected;
        committed?;
        self.state = State::Done;
        Ok(affected)
    }
}

/// The entry's answer: one row, one `true`.
pub(crate) fn admitted(entered: Result<Outcome>) -> Result<()> {
    let outcome = entered?;
    match outcome.rows.first().map(|row| row.try_get::<_, bool>(0)) {
        Some(Ok(true)) => Ok(()),
        _ => Err(Error::Refused),
    }
}

impl Drop for Tx {
    fn drop(&mut self) {
        if matches!(self.state, State::Open)
            && let Ok(connection) = self.loan.connection()
        {
            connection.send_rollback();
        }
        if self.in_flight {
            self.loan.discard();
        }
    }
}

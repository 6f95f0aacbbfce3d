//! A transaction that cannot be left open.

use crate::connection::{Call, Outcome};
use crate::pool::{Loan, at_most_one, exactly_one};
use crate::{Entry, Error, Params, Result, Row, Schema, Statement, Type};

static BEGIN: Statement = plain("begin");
static COMMIT: Statement = plain("commit");

const fn plain(sql: &'static str) -> Statement {
    Statement {
        name: sql,
        sql,
        params: &[],
    }
}

enum State {
    /// Nothing has been sent.
    New,
    /// `BEGIN` has been sent, and the entry where there is one.
    Open,
    /// A statement failed: nothing of it will stay.
    Failed,
    /// Committed, or there was nothing to commit.
    Done,
}

/// A transaction. `BEGIN` and the entry leave in the same flight as its first statement.
///
/// Dropped without [`Tx::commit`] or [`Tx::finish`] it is rolled back, also when the future that ran
/// a statement was dropped half-way: the connection is anybody else's only once it has settled.
pub struct Tx {
    loan: Loan,
    entry: Option<Entry>,
    schema: Option<Schema>,
    state: State,
    /// A statement is under way. Where this is still set when another is to follow, the caller
    /// gave up waiting: what became of it is not known, so nothing follows.
    in_flight: bool,
    /// What [`Tx::ask`] sent last, where nothing was sent since: the server has it still.
    asked: Option<(String, Vec<Type>)>,
}

impl Tx {
    pub(crate) fn new(loan: Loan, entry: Option<Entry>, schema: Option<Schema>) -> Self {
        Self {
            loan,
            entry,
            schema,
            state: State::New,
            in_flight: false,
            asked: None,
        }
    }

    async fn run(&mut self, statement: &'static Statement, params: &Params<'_>) -> Result<Outcome> {
        if std::mem::replace(&mut self.in_flight, true) {
            return Err(Error::Poisoned);
        }
        let result = self.send(statement, params).await;
        self.in_flight = false;
        if result.is_err() {
            self.state = State::Failed;
        }
        result
    }

    async fn send(
        &mut self,
        statement: &'static Statement,
        params: &Params<'_>,
    ) -> Result<Outcome> {
        self.asked = None;
        let connection = self.loan.connection()?;
        let work = Call {
            statement,
            schema: self.schema.as_ref(),
            params,
        };
        match (&self.state, &self.entry) {
            (State::Open, _) => {
                let [done] = connection.fly([work], None).await?;
                Ok(done)
            }
            (State::New, Some(entry)) => {
                // From here on the server may have an open transaction, whatever happens to us.
                self.state = State::Open;
                let enter = Call {
                    statement: entry.statement,
                    schema: None,
                    params: &entry.params(),
                };
                let begin = Call::plain(&BEGIN);
                let [_, _, done] = connection.fly([begin, enter, work], Some(1)).await?;
                Ok(done)
            }
            (State::New, None) => {
                self.state = State::Open;
                let [_, done] = connection.fly([Call::plain(&BEGIN), work], None).await?;
                Ok(done)
            }
            (State::Failed | State::Done, _) => Err(Error::Poisoned),
        }
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

    /// Reads that may as well have happened before the transaction began, in one flight. Where it
    /// has not begun they leave without `BEGIN`, so that one which only glances has no `COMMIT`
    /// to wait for either. Each statement sees what is committed when it runs, as always here.
    ///
    /// # Errors
    /// As [`Tx::query`].
    pub async fn glance<const N: usize>(
        &mut self,
        reads: [(&'static Statement, &Params<'_>); N],
    ) -> Result<[Vec<Row>; N]> {
        if std::mem::replace(&mut self.in_flight, true) {
            return Err(Error::Poisoned);
        }
        let result = self.look(reads).await;
        self.in_flight = false;
        if result.is_err() {
            self.state = State::Failed;
        }
        result
    }

    async fn look<const N: usize>(
        &mut self,
        reads: [(&'static Statement, &Params<'_>); N],
    ) -> Result<[Vec<Row>; N]> {
        self.asked = None;
        let connection = self.loan.connection()?;
        match (&self.state, &self.entry) {
            (State::Open, _) | (State::New, None) => {}
            (State::New, Some(entry)) => {
                self.state = State::Open;
                let enter = Call {
                    statement: entry.statement,
                    schema: None,
                    params: &entry.params(),
                };
                connection
                    .fly([Call::plain(&BEGIN), enter], Some(1))
                    .await?;
            }
            (State::Failed | State::Done, _) => return Err(Error::Poisoned),
        }
        let calls = reads.map(|(statement, params)| Call {
            statement,
            schema: self.schema.as_ref(),
            params,
        });
        let outcomes = connection.fly(calls, None).await?;
        Ok(outcomes.map(|outcome| outcome.rows))
    }

    /// A statement whose text is made from the catalog: names in it are quoted by the server, and
    /// values are parameters. Goes out alone, so a constant must have been run before. Where it is
    /// the one that was asked just before, the server neither reads nor, if its settings say so,
    /// plans it again.
    ///
    /// # Errors
    /// As [`Tx::query`]; [`Error::Poisoned`] where nothing was run before.
    pub async fn ask(
        &mut self,
        text: &str,
        types: &[Type],
        params: &Params<'_>,
    ) -> Result<(Vec<Row>, u64)> {
        if !matches!(self.state, State::Open) || std::mem::replace(&mut self.in_flight, true) {
            return Err(Error::Poisoned);
        }
        let asked = self.asked.take();
        let asked = asked.filter(|(of, with)| of == text && with == types);
        let connection = self.loan.connection()?;
        let result = match asked {
            Some(_) => connection.ask_again(types, params).await,
            None => connection.ask(text, types, params).await,
        };
        self.in_flight = false;
        if result.is_err() {
            self.state = State::Failed;
        } else {
            self.asked = asked.or_else(|| Some((text.to_owned(), types.to_vec())));
        }
        result.map(|outcome| (outcome.rows, outcome.affected))
    }

    /// Whether anything but [`Tx::glance`] was asked: if not, nothing can have been written.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        !matches!(self.state, State::New)
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
                connection.fly([Call::plain(&COMMIT)], None).await?;
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
        let work = Call {
            statement,
            schema: self.schema.as_ref(),
            params,
        };
        let connection = self.loan.connection()?;
        // A failed statement ends the flight: the server never sees the commit.
        let [done, _] = connection.fly([work, Call::plain(&COMMIT)], None).await?;
        self.in_flight = false;
        self.state = State::Done;
        Ok(done.affected)
    }
}

//! One connection with its cache of prepared statements.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Instant;

use postgres_protocol::IsNull;
use postgres_protocol::message::frontend;
use tokio_postgres::types::{Format, Type};

use crate::cache::{Cache, Known, Place};
use crate::error::DbError;
use crate::row::{Column, columns};
use crate::touched::Touched;
use crate::wire::{Message, Way, Wire};
use crate::{Error, Params, Result, Row, Schema, Statement};

/// What a statement did.
pub(crate) struct Outcome {
    pub rows: Vec<Row>,
    pub affected: u64,
}

/// A statement on its way: what, where, with what.
#[derive(Clone, Copy)]
pub(crate) struct Call<'a> {
    pub statement: &'static Statement,
    pub schema: Option<&'a Schema>,
    pub params: &'a Params<'a>,
}

impl Call<'_> {
    /// A statement without a schema and without parameters.
    pub fn plain(statement: &'static Statement) -> Self {
        Self {
            statement,
            schema: None,
            params: &[],
        }
    }
}

pub(crate) struct Connection {
    pub wire: Wire,
    pub way: Way,
    pub born: Instant,
    pub idle_since: Instant,
    /// The tenants that it has served, which are at most as many as the tables that it may touch.
    pub tenants: HashSet<u64>,
    cache: Option<Cache>,
    touched: Touched,
}

/// How a call was put on the wire, and so how its answer reads.
enum Sent {
    /// By name: the columns are known.
    Named(Arc<[Column]>),
    /// With its text; `Some`: to be kept under that name.
    Whole(Option<(Place, Arc<str>)>),
}

impl Connection {
    /// `statement_cache`: how many statements it may keep prepared; 0 sends all of them whole.
    pub fn new(wire: Wire, way: Way, statement_cache: usize) -> Self {
        let now = Instant::now();
        Self {
            wire,
            way,
            born: now,
            idle_since: now,
            tenants: HashSet::new(),
            cache: (statement_cache > 0).then(|| Cache::new(statement_cache.max(8))),
            touched: Touched::default(),
        }
    }

    /// How many tables of tenants it has touched.
    pub fn tables(&self) -> usize {
        self.touched.count()
    }

    /// Runs `calls` in one flight with one Sync: a failed one ends the flight, and what was not
    /// inside an explicit transaction is then undone as a whole.
    ///
    /// The call at `gate`, where there is one, is an entry: where it answers anything but `true`,
    /// that is the flight's error, and not what the calls behind it ran into.
    ///
    /// May be dropped at any point; [`Wire::settle`] takes the rest from the wire.
    pub async fn fly<const N: usize>(
        &mut self,
        calls: [Call<'_>; N],
        gate: Option<usize>,
    ) -> Result<[Outcome; N]> {
        let mark = self.wire.output().len();
        let sent = match self.put_all(&calls) {
            Ok(sent) => sent,
            Err(error) => {
                self.wire.output().truncate(mark);
                return Err(error);
            }
        };
        self.wire.sync();
        self.wire.flush().await?;
        let mut outcomes = Vec::with_capacity(N);
        let mut failure = None;
        for sent in sent {
            match self.take(sent).await? {
                Ok(outcome) => outcomes.push(outcome),
                Err(error) => {
                    failure = Some(error);
                    break;
                }
            }
        }
        match self.wire.message().await? {
            Message::ReadyForQuery(_) => {}
            _ => return Err(self.wire.unexpected()),
        }
        if let Some(entered) = gate.and_then(|gate| outcomes.get(gate)) {
            admitted(entered)?;
        }
        match failure {
            Some(error) => Err(error.into()),
            None => outcomes.try_into().map_err(|_| Error::Poisoned),
        }
    }

    fn put_all(&mut self, calls: &[Call<'_>]) -> Result<Vec<Sent>> {
        for name in self
            .cache
            .as_mut()
            .map(Cache::take_evicted)
            .unwrap_or_default()
        {
            frontend::close(b'S', &name, self.wire.output()).map_err(unsendable)?;
        }
        calls.iter().map(|call| self.put(*call)).collect()
    }

    fn put(&mut self, call: Call<'_>) -> Result<Sent> {
        let Call {
            statement, params, ..
        } = call;
        let schema = call.schema.filter(|_| statement.is_tenant());
        let known = match &mut self.cache {
            Some(cache) => cache.look_up(statement, schema),
            None => Known::First,
        };
        if let (Known::First, Some(schema)) = (&known, schema) {
            self.touched.note(statement, schema);
        }
        let out = self.wire.output();
        if let Known::Ready(name, columns) = known {
            bind(&name, statement.params, params, out)?;
            return Ok(Sent::Named(columns));
        }
        let text = statement.render(schema);
        let keep = match known {
            Known::Again(place, name) => Some((place, name)),
            _ => None,
        };
        let name = keep.as_ref().map_or("", |(_, name)| name);
        whole(name, &text, statement.params, params, out)?;
        Ok(Sent::Whole(keep))
    }

    /// Reads the answer to one call: the outer error is the connection's, the inner the server's.
    async fn take(&mut self, sent: Sent) -> Result<Result<Outcome, Box<DbError>>> {
        let (mut known, mut keep) = match sent {
            Sent::Named(columns) => (Some(columns), None),
            Sent::Whole(keep) => (None, keep),
        };
        let mut rows = Vec::new();
        loop {
            match self.wire.message().await? {
                Message::ParseComplete
                | Message::BindComplete
                | Message::CloseComplete
                | Message::ParameterDescription(_) => {}
                Message::RowDescription(body) => {
                    known = Some(self.learn(keep.take(), columns(&body)?));
                }
                Message::NoData => known = Some(self.learn(keep.take(), Vec::new().into())),
                Message::DataRow(body) => {
                    let Some(columns) = &known else {
                        return Err(self.wire.unexpected());
                    };
                    rows.push(Row::new(Arc::clone(columns), body)?);
                }
                Message::CommandComplete(body) => {
                    let affected = affected(body.tag().map_err(Error::Lost)?);
                    return Ok(Ok(Outcome { rows, affected }));
                }
                Message::EmptyQueryResponse => {
                    return Ok(Ok(Outcome { rows, affected: 0 }));
                }
                Message::ErrorResponse(body) => {
                    if let (Some(cache), Some((_, name))) = (&mut self.cache, keep) {
                        cache.close(name);
                    }
                    return Ok(Err(DbError::read(&body)?));
                }
                _ => return Err(self.wire.unexpected()),
            }
        }
    }

    /// The server has understood a statement: from here on its name will do.
    fn learn(&mut self, keep: Option<(Place, Arc<str>)>, columns: Arc<[Column]>) -> Arc<[Column]> {
        if let (Some(cache), Some((place, name))) = (&mut self.cache, keep) {
            cache.keep(&place, name, Arc::clone(&columns));
        }
        columns
    }

    /// One statement that is not a constant, sent whole.
    pub async fn ask(
        &mut self,
        text: &str,
        types: &[Type],
        params: &Params<'_>,
    ) -> Result<Outcome> {
        self.alone(|out| whole("", text, types, params, out)).await
    }

    /// The statement that was asked just before, with other values: the server has it still.
    pub async fn ask_again(&mut self, types: &[Type], params: &Params<'_>) -> Result<Outcome> {
        self.alone(|out| described("", types, params, out)).await
    }

    async fn alone(
        &mut self,
        put: impl FnOnce(&mut bytes::BytesMut) -> Result<()>,
    ) -> Result<Outcome> {
        let mark = self.wire.output().len();
        if let Err(error) = put(self.wire.output()) {
            self.wire.output().truncate(mark);
            return Err(error);
        }
        self.wire.sync();
        self.wire.flush().await?;
        let outcome = self.take(Sent::Whole(None)).await?;
        self.ready().await?;
        Ok(outcome?)
    }

    /// Text of one or more statements by the simple protocol.
    pub async fn batch(&mut self, sql: &str) -> Result<()> {
        self.wire.simple(sql)?;
        self.finish().await
    }

    /// Sends what has gathered, which is one flight, and reads to its end, whatever it answers.
    pub async fn finish(&mut self) -> Result<()> {
        self.wire.flush().await?;
        let mut failure = None;
        loop {
            match self.wire.message().await? {
                Message::ErrorResponse(body) => failure = Some(DbError::read(&body)?),
                Message::ReadyForQuery(_) => break,
                _ => {}
            }
        }
        failure.map_or(Ok(()), |error| Err(error.into()))
    }

    /// Statements without parameters, one a message, in one flight with one Sync. What they answer
    /// is passed over. The inner error is the server's, with the number of the statement that it
    /// speaks of: none after that one ran.
    pub async fn pipeline(&mut self, texts: &[String]) -> Result<Result<(), (usize, Error)>> {
        let mark = self.wire.output().len();
        for text in texts {
            if let Err(error) = unseen(text, self.wire.output()) {
                self.wire.output().truncate(mark);
                return Err(error);
            }
        }
        self.wire.sync();
        self.wire.flush().await?;
        let (mut done, mut failure) = (0, None);
        loop {
            match self.wire.message().await? {
                Message::CommandComplete(_) | Message::EmptyQueryResponse => done += 1,
                Message::ErrorResponse(body) => failure = Some((done, DbError::read(&body)?)),
                Message::ReadyForQuery(_) => break,
                _ => {}
            }
        }
        Ok(failure.map_or(Ok(()), |(at, error)| Err((at, error.into()))))
    }

    /// The types of a statement's parameters, as the server sees them.
    pub async fn parameter_types(&mut self, text: &str) -> Result<Vec<Type>> {
        frontend::parse("", text, [], self.wire.output()).map_err(unsendable)?;
        frontend::describe(b'S', "", self.wire.output()).map_err(unsendable)?;
        self.wire.sync();
        self.wire.flush().await?;
        let (mut types, mut failure) = (Vec::new(), None);
        loop {
            match self.wire.message().await? {
                Message::ParameterDescription(body) => {
                    use fallible_iterator::FallibleIterator as _;
                    let oids = body.parameters();
                    let known = oids.map(|oid| Ok(Type::from_oid(oid).unwrap_or(Type::UNKNOWN)));
                    types = known.collect().map_err(Error::Lost)?;
                }
                Message::ErrorResponse(body) => failure = Some(DbError::read(&body)?),
                Message::ReadyForQuery(_) => break,
                _ => {}
            }
        }
        failure.map_or(Ok(types), |error| Err(error.into()))
    }

    async fn ready(&mut self) -> Result<()> {
        match self.wire.message().await? {
            Message::ReadyForQuery(_) => Ok(()),
            _ => Err(self.wire.unexpected()),
        }
    }
}

/// The entry's answer: one row, one `true`.
fn admitted(entered: &Outcome) -> Result<()> {
    match entered.rows.first().map(|row| row.try_get::<_, bool>(0)) {
        Some(Ok(true)) => Ok(()),
        _ => Err(Error::Refused),
    }
}

/// Parse, Bind, Describe, Execute. What is described is the portal, which knows its formats.
fn whole(
    name: &str,
    text: &str,
    types: &[Type],
    params: &Params<'_>,
    out: &mut bytes::BytesMut,
) -> Result<()> {
    frontend::parse(name, text, types.iter().map(Type::oid), out).map_err(unsendable)?;
    described(name, types, params, out)
}

/// Bind, Describe, Execute.
fn described(
    name: &str,
    types: &[Type],
    params: &Params<'_>,
    out: &mut bytes::BytesMut,
) -> Result<()> {
    put_bind(name, types, params, out)?;
    frontend::describe(b'P', "", out).map_err(unsendable)?;
    frontend::execute("", 0, out).map_err(unsendable)
}

/// Parse, Bind, Execute of a statement whose answer nobody reads.
fn unseen(text: &str, out: &mut bytes::BytesMut) -> Result<()> {
    frontend::parse("", text, [], out).map_err(unsendable)?;
    put_bind("", &[], &[], out)?;
    frontend::execute("", 0, out).map_err(unsendable)
}

/// Bind, Execute.
fn bind(name: &str, types: &[Type], params: &Params<'_>, out: &mut bytes::BytesMut) -> Result<()> {
    put_bind(name, types, params, out)?;
    frontend::execute("", 0, out).map_err(unsendable)
}

fn put_bind(
    name: &str,
    types: &[Type],
    params: &Params<'_>,
    out: &mut bytes::BytesMut,
) -> Result<()> {
    if types.len() != params.len() {
        let (types, params) = (types.len(), params.len());
        return Err(Error::Parameter(format!(
            "{params} given, {types} declared"
        )));
    }
    let pairs = || params.iter().zip(types);
    let formats = pairs().map(|(param, ty)| match param.encode_format(ty) {
        Format::Text => 0,
        Format::Binary => 1,
    });
    frontend::bind(
        "",
        name,
        formats,
        pairs(),
        |(param, ty), out| {
            Ok(match param.to_sql_checked(ty, out)? {
                tokio_postgres::types::IsNull::Yes => IsNull::Yes,
                tokio_postgres::types::IsNull::No => IsNull::No,
            })
        },
        [1],
        out,
    )
    .map_err(|error| match error {
        frontend::BindError::Conversion(error) => Error::Parameter(error.to_string()),
        frontend::BindError::Serialization(error) => Error::Parameter(error.to_string()),
    })
}

pub(crate) fn unsendable(error: std::io::Error) -> Error {
    Error::Parameter(error.to_string())
}

/// The number at the end of `UPDATE 3`, `INSERT 0 1`, `SELECT 7`; 0 for commands that count nothing.
fn affected(tag: &str) -> u64 {
    tag.rsplit(' ')
        .next()
        .and_then(|number| number.parse().ok())
        .unwrap_or(0)
}

//! What stands between us and the server: nothing, or a pooler, which may give each transaction to
//! another of its connections. Found by trying, since no pooler says so.

use std::time::Duration;

use postgres_protocol::message::frontend;

use crate::connection::{Connection, unsendable};
use crate::wire::{Target, Wire};
use crate::{Error, Result};

/// How often two connections are compared before they count as having a server session each.
const ROUNDS: usize = 8;

/// How long a pooler may take to find a server for a transaction; beyond it, it has none to spare.
const PATIENCE: Duration = Duration::from_secs(2);

/// What stands between us and the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Between {
    /// Nothing: we talk to the process that works for us.
    Nothing,
    /// A pooler that keeps a server session for each connection: all of the protocol works.
    Sessions,
    /// A pooler in transaction mode: what a session would remember is gone after the transaction,
    /// or somebody else's. Announcements (`LISTEN`) never arrive.
    Transactions {
        /// Whether it prepares named statements anew wherever they are used.
        keeps_names: bool,
    },
}

impl Between {
    /// Whether a session is ours for as long as the connection.
    #[must_use]
    pub fn has_sessions(self) -> bool {
        !matches!(self, Self::Transactions { .. })
    }
}

/// Looks, with a connection or two of its own. Costs one round trip where there is no pooler: then
/// the number that the greeting gave is that of the process that answers.
///
/// # Errors
/// No connection; a pooler that does not let transactions be.
pub(crate) async fn look(target: &Target) -> Result<Between> {
    let mut first = open(target).await?;
    if process_of(&mut first).await? == first.wire.process_id() {
        return Ok(Between::Nothing);
    }
    let mut other = open(target).await?;
    let (mut mine, mut is_shared) = (None, false);
    for number in 0..ROUNDS {
        let round = round(&mut first, &mut other, number).await?;
        if let Some(keeps_names) = round.keeps_names {
            return Ok(Between::Transactions { keeps_names });
        }
        let same = *mine.get_or_insert(round.given_on);
        is_shared |= same != round.given_on || round.others.contains(&same);
    }
    Ok(match is_shared {
        true => Between::Transactions { keeps_names: false },
        false => Between::Sessions,
    })
}

/// What one comparison shows.
struct Round {
    /// The server that `first` had.
    given_on: i32,
    /// Those that `other` had.
    others: Vec<i32>,
    /// Only where transactions are handed out, and that came to light.
    keeps_names: Option<bool>,
}

async fn open(target: &Target) -> Result<Connection> {
    let (wire, way) = Wire::connect(target).await?;
    Ok(Connection::new(wire, way, 0))
}

/// `first` names a statement on some server, and looks for it while `other` keeps that server, or
/// another one, for a transaction. A session has its server for itself and finds the name there;
/// where transactions are handed out, the name is gone, or found on a server where it was not given.
/// `other` asks now and then before, since servers that take turns would take the same ones each time.
async fn round(first: &mut Connection, other: &mut Connection, number: usize) -> Result<Round> {
    let (process, secret) = (first.wire.process_id(), first.wire.secret_key());
    let (process, secret) = (process.unsigned_abs(), secret.unsigned_abs());
    let name = format!("probe_{process}_{secret}_{number}");
    frontend::parse(&name, "select 1", [], first.wire.output()).map_err(unsendable)?;
    let given_on = process_of(first).await?;
    let mut round = Round {
        given_on,
        others: Vec::new(),
        keeps_names: None,
    };
    let begun = tokio::time::timeout(PATIENCE, async {
        for _ in 0..number % 4 {
            round.others.push(process_of(other).await?);
        }
        other.batch("begin").await?;
        process_of(other).await
    });
    let Ok(kept) = begun.await else {
        // There is no second server, so the one there is would be shared.
        round.keeps_names = Some(false);
        return Ok(round);
    };
    let kept = kept.map_err(|error| no_transactions(&error))?;
    round.others.push(kept);
    frontend::describe(b'S', &name, first.wire.output()).map_err(unsendable)?;
    let found_on = tokio::time::timeout(PATIENCE, process_of(first)).await;
    if kept == given_on {
        // The name is on a server that goes on serving others.
        let forgotten = other.batch(&format!("deallocate {name}")).await;
        if let Err(error) = forgotten {
            tracing::debug!(%error, "a pooler has names of its own for statements");
        }
    }
    other.batch("rollback").await?;
    round.keeps_names = match found_on {
        Ok(Ok(found_on)) if found_on == given_on => {
            frontend::close(b'S', &name, first.wire.output()).map_err(unsendable)?;
            first.wire.sync();
            first.finish().await?;
            None
        }
        Ok(Ok(_)) => Some(true),
        Ok(Err(Error::Db(_))) => Some(false),
        Ok(Err(error)) => return Err(error),
        Err(_) => {
            // `other` has the only server.
            first.wire.settle().await?;
            Some(false)
        }
    };
    Ok(round)
}

fn no_transactions(error: &Error) -> Error {
    Error::Config(format!(
        "the pooler does not let a transaction be ({error}): set pool_mode = transaction"
    ))
}

/// The server's process that answers, in one flight with what has gathered.
async fn process_of(connection: &mut Connection) -> Result<i32> {
    let asked = connection.ask("select pg_catalog.pg_backend_pid()", &[], &[]);
    let row = asked.await?.rows.pop();
    row.ok_or(Error::Poisoned)?.try_get(0)
}

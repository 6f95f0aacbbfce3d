//! `bailiwick idp webhooks`.

use anyhow::Context as _;
use bailiwick_idp::webhooks::{Replay, history, manage, replay_message, replay_since};
use bailiwick_idp::{Error, Idp};
use jiff::{SignedDuration, Timestamp};

use super::print;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// All endpoints and how their deliveries stand
    List,
    /// Send an endpoint again what was said
    #[command(
        after_help = "A running server sends it at once, otherwise the next one does.

Examples:
  bailiwick idp webhooks replay ep_… --message msg_…
  bailiwick idp webhooks replay ep_… --since 24h
  bailiwick idp webhooks replay ep_… --since 2026-03-01T00:00:00Z --which all"
    )]
    Replay {
        /// The endpoint, as `list` names it
        endpoint: String,
        /// One message
        #[arg(long, conflicts_with = "since", required_unless_present = "since")]
        message: Option<String>,
        /// Everything since: an instant, or so long ago, such as 24h or 30m
        #[arg(long, value_name = "TIME")]
        since: Option<String>,
        /// failed (given up), missing (never to be sent there) or all
        #[arg(long, default_value = "failed", requires = "since")]
        which: String,
    },
}

/// Does it.
pub async fn run(idp: &Idp, command: Command) -> anyhow::Result<()> {
    let mut tx = idp.pool().begin().await?;
    let answer = match command {
        Command::List => {
            let mut lines = Vec::new();
            for endpoint in manage::list(&mut tx).await? {
                let tally = history::tally(&mut tx, &endpoint.id).await?;
                let state = endpoint.disabled_reason.as_deref().unwrap_or("in service");
                lines.push(format!(
                    "{}  {}  {state}: {} delivered, {} due, {} held, {} given up",
                    endpoint.id,
                    endpoint.url,
                    tally.delivered,
                    tally.pending,
                    tally.held,
                    tally.exhausted
                ));
            }
            lines.join("\n")
        }
        Command::Replay {
            endpoint,
            message: Some(message),
            ..
        } => {
            replay_message(&mut tx, idp.env(), &message, &endpoint)
                .await
                .map_err(said)?;
            format!("{message} is sent again")
        }
        Command::Replay {
            endpoint,
            since,
            which,
            ..
        } => {
            let which = Replay::parse(&which).context("--which is failed, missing or all")?;
            let since = instant(&since.unwrap_or_default(), idp.env().now())?;
            let moved = replay_since(&mut tx, idp.env(), &endpoint, since, which)
                .await
                .map_err(said)?;
            format!("{moved} messages are sent again")
        }
    };
    tx.commit().await?;
    print(&answer)
}

/// A refusal in the words of its reasons.
fn said(error: Error) -> anyhow::Error {
    match error {
        Error::Refused(refusal) => {
            let texts = refusal.errors.iter().map(|item| item.long_message.as_str());
            anyhow::anyhow!("{}", texts.collect::<Vec<_>>().join(" "))
        }
        other => other.into(),
    }
}

fn instant(text: &str, now: Timestamp) -> anyhow::Result<Timestamp> {
    if let Ok(at) = text.parse() {
        return Ok(at);
    }
    let ago: SignedDuration = text
        .parse()
        .with_context(|| format!("{text} is neither an instant nor a time such as 24h"))?;
    Ok(now.checked_sub(ago)?)
}

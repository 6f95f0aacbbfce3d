//! `bailiwick idp keys`.

use bailiwick_idp::Idp;
use bailiwick_idp::keys::{KeyState, Rotation};
use jiff::SignedDuration;

use super::{note, print};

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// All keys that are published
    List,
    /// A new key: published at once, signing when verifiers have had time to read it
    #[command(
        after_help = "Repeated while the new key waits for its turn, this changes nothing.

Examples:
  bailiwick idp keys rotate                 signs after the settings' lead, 5 minutes by default
  bailiwick idp keys rotate --lead 3600     signs in an hour
  bailiwick idp keys rotate --compromised   signs at once; all other keys are removed"
    )]
    Rotate {
        /// Seconds until the new key signs
        #[arg(long, value_name = "SECONDS", conflicts_with = "compromised")]
        lead: Option<u32>,
        /// The old key is in other hands: refuse its tokens as soon as verifiers look again
        #[arg(long)]
        compromised: bool,
    },
}

/// Does it.
pub async fn run(idp: &Idp, command: Command) -> anyhow::Result<()> {
    if let Command::Rotate { lead, compromised } = command {
        let rotation = match (compromised, lead) {
            (true, _) => Rotation::Compromised,
            (false, Some(lead)) => Rotation::After(SignedDuration::from_secs(lead.into())),
            (false, None) => Rotation::After(idp.settings().operation.signing_key_lead()),
        };
        let kid = idp.rotate_keys(rotation).await?;
        note(&format!(
            "{kid} is published; a running server takes it up within seconds"
        ));
    }
    for key in idp.keys().list() {
        let state = match key.state {
            KeyState::Next => "next",
            KeyState::Signing => "signing",
            KeyState::Retired => "retired",
        };
        let end = key.retired_at.map_or("-".to_owned(), |at| at.to_string());
        print(&format!(
            "{}  {state:<8} signs from {}  until {end}",
            key.kid, key.signs_from
        ))?;
    }
    Ok(())
}

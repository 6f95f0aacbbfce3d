//! Ports that stay the same over restarts, as a developer's do.

use std::net::{Ipv4Addr, TcpListener};

use rand::Rng as _;
use rand::rngs::StdRng;

/// Where systems take ports for outgoing connections from begins above this.
const LAST: u16 = 29_999;
const FIRST: u16 = 10_000;

/// The ports of one machine.
#[derive(Debug, Clone, Copy)]
pub struct Ports([u16; 6]);

const FLAGS: [&str; 6] = [
    "--port",
    "--idp-port",
    "--internal-port",
    "--s3-port",
    "--mail-port",
    "--pg-port",
];

impl Ports {
    /// Six ports that nobody listens on.
    pub fn choose(rng: &mut StdRng) -> Self {
        let mut held = Vec::new();
        while held.len() < FLAGS.len() {
            let port = rng.random_range(FIRST..=LAST);
            held.extend(listen(port).map(|listener| (port, listener)));
        }
        Self(std::array::from_fn(|i| held[i].0))
    }

    /// Free ones, chosen by the command itself.
    pub fn any() -> Self {
        Self([0; 6])
    }

    /// The same, with the port of one flag replaced.
    pub fn with(mut self, flag: &str, port: u16) -> Self {
        let at = FLAGS.iter().position(|known| *known == flag).unwrap();
        self.0[at] = port;
        self
    }

    /// The flags with their values.
    pub fn arguments(self) -> impl Iterator<Item = String> {
        let pairs = FLAGS.into_iter().zip(self.0);
        pairs.flat_map(|(flag, port)| [flag.to_owned(), port.to_string()])
    }

    /// The flags of ports that somebody listens on.
    pub fn taken(self) -> Vec<&'static str> {
        let pairs = FLAGS.into_iter().zip(self.0);
        pairs
            .filter(|(_, port)| *port != 0 && listen(*port).is_none())
            .map(|(flag, _)| flag)
            .collect()
    }
}

fn listen(port: u16) -> Option<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok()
}

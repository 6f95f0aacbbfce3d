//! How machines die.

use nix::sys::signal::Signal;
use rand::Rng as _;
use rand::rngs::StdRng;

use crate::machine::Dev;

/// How a machine dies.
#[derive(Debug, Clone, Copy)]
pub enum Death {
    /// The process, at once.
    Process,
    /// The database's main process, at once; ours must follow.
    Database,
    /// An orderly end, asked for.
    Asked,
}

/// Every way once, the very first start included, and then as chance wants it.
pub fn choose(round: u32, rng: &mut StdRng) -> (Death, bool) {
    let death = match rng.random_range(0..10) {
        0..7 => Death::Process,
        7..9 => Death::Database,
        _ => Death::Asked,
    };
    let is_early = rng.random_ratio(1, 5);
    match round {
        1 => (death, true),
        2 => (Death::Process, false),
        3 => (Death::Database, false),
        4 => (Death::Asked, false),
        _ => (death, is_early),
    }
}

/// Kills, and waits for the end. Only whoever was asked ends with success.
pub fn kill(dev: &mut Dev, death: Death, is_early: bool) {
    match death {
        Death::Database if dev.kill_database() => {}
        Death::Process | Death::Database => dev.signal(Signal::SIGKILL),
        Death::Asked => dev.signal(Signal::SIGTERM),
    }
    let status = dev.wait();
    // Whoever is asked while it starts may not have come as far as listening to signals.
    let should_succeed = matches!(death, Death::Asked);
    if !is_early {
        let said = dev.said();
        assert_eq!(
            status.success(),
            should_succeed,
            "{death:?}: {status}\n{said}"
        );
    }
}

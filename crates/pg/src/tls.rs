//! The way to the server: a socket file or loopback in the clear, everything else by TLS.
//!
//! A password that crosses a network unencrypted by default would be a door left open, so
//! `sslmode=prefer`, which is what a connection string without a mode means, becomes `require` for
//! every host that is not this machine. `sslmode=disable` is for private networks and is taken at
//! its word. Certificates are verified against the system's roots; on Linux `SSL_CERT_FILE` and
//! `SSL_CERT_DIR` name others in their place, so a private root beside the public ones goes into
//! one file with them.

use std::net::IpAddr;
use std::sync::Arc;

use rustls_platform_verifier::BuilderVerifierExt as _;
use tokio_postgres::Config;
use tokio_postgres::config::{ChannelBinding, Host, LoadBalanceHosts, SslMode, SslNegotiation};

use crate::{Error, Result};

/// Decides how to reach the hosts of `config`, and makes the mode explicit in it. `None`: in the
/// clear.
pub(crate) fn transport(config: &mut Config) -> Result<Option<Arc<rustls::ClientConfig>>> {
    refuse_unsupported(config)?;
    let mode = match config.get_ssl_mode() {
        SslMode::Prefer if config.get_hosts().iter().all(is_this_machine) => SslMode::Disable,
        SslMode::Prefer => SslMode::Require,
        explicit => explicit,
    };
    config.ssl_mode(mode);
    if mode == SslMode::Disable {
        return Ok(None);
    }
    let unusable = |error: rustls::Error| Error::Config(format!("TLS: {error}"));
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(unusable)?
        .with_platform_verifier()
        .map_err(unusable)?
        .with_no_client_auth();
    Ok(Some(Arc::new(tls)))
}

/// What a connection string can ask for and we do not give: better refused than left out.
fn refuse_unsupported(config: &Config) -> Result<()> {
    let what = if config.get_channel_binding() == ChannelBinding::Require {
        "channel_binding=require"
    } else if config.get_ssl_negotiation() == SslNegotiation::Direct {
        "sslnegotiation=direct"
    } else if config.get_load_balance_hosts() == LoadBalanceHosts::Random {
        "load_balance_hosts=random"
    } else if !config.get_hostaddrs().is_empty() {
        "hostaddr"
    } else {
        return Ok(());
    };
    Err(Error::Config(format!("{what} is not supported")))
}

fn is_this_machine(host: &Host) -> bool {
    match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => {
            name == "localhost"
                || name
                    .parse::<IpAddr>()
                    .is_ok_and(|address| address.is_loopback())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(url: &str) -> SslMode {
        let mut config: Config = url.parse().unwrap();
        transport(&mut config).unwrap();
        config.get_ssl_mode()
    }

    #[test]
    fn only_this_machine_is_reached_in_the_clear_by_default() {
        for (url, expected) in [
            ("postgres://u:p@127.0.0.1:5432/d", SslMode::Disable),
            ("postgres://u:p@localhost/d", SslMode::Disable),
            ("host=/run/postgresql user=u", SslMode::Disable),
            ("postgres://u:p@db.example.com/d", SslMode::Require),
            ("postgres://u:p@10.0.0.4/d", SslMode::Require),
            (
                "postgres://u:p@localhost,db.example.com/d",
                SslMode::Require,
            ),
            (
                "postgres://u:p@db.example.com/d?sslmode=disable",
                SslMode::Disable,
            ),
            (
                "postgres://u:p@localhost/d?sslmode=require",
                SslMode::Require,
            ),
        ] {
            assert_eq!(mode(url), expected, "{url}");
        }
    }

    #[test]
    fn what_is_not_supported_is_refused() {
        for text in [
            "host=localhost channel_binding=require",
            "host=localhost sslnegotiation=direct sslmode=require",
            "host=localhost load_balance_hosts=random",
            "host=localhost hostaddr=127.0.0.1",
        ] {
            let mut config: Config = text.parse().unwrap();
            assert!(transport(&mut config).is_err(), "{text}");
        }
    }
}

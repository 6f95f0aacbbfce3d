//! The way to the server: a socket file or loopback in the clear, everything else by TLS.
//!
//! A password that crosses a network unencrypted by default would be a door left open, so
//! `sslmode=prefer`, which is what a connection string without a mode means, becomes `require` for
//! every host that is not this machine. `sslmode=disable` is for private networks and is taken at
//! its word. Certificates are verified against the system's roots (`SSL_CERT_FILE` adds others).

use std::net::IpAddr;
use std::sync::Arc;

use rustls_platform_verifier::BuilderVerifierExt as _;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{Client, Config, NoTls, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::{Error, Result};

/// How connections of one pool are secured, decided once.
#[derive(Clone)]
pub(crate) enum Transport {
    /// In the clear.
    Plain,
    /// TLS, verified.
    Tls(Box<MakeRustlsConnect>),
}

/// Decides how to reach the hosts of `config`, and makes the mode explicit in it.
pub(crate) fn transport(config: &mut Config) -> Result<Transport> {
    let mode = match config.get_ssl_mode() {
        SslMode::Prefer if config.get_hosts().iter().all(is_this_machine) => SslMode::Disable,
        SslMode::Prefer => SslMode::Require,
        explicit => explicit,
    };
    config.ssl_mode(mode);
    if mode == SslMode::Disable {
        return Ok(Transport::Plain);
    }
    let unusable = |error: rustls::Error| Error::Config(format!("TLS: {error}"));
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(unusable)?
        .with_platform_verifier()
        .map_err(unusable)?
        .with_no_client_auth();
    Ok(Transport::Tls(Box::new(MakeRustlsConnect::new(tls))))
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

/// Opens a connection and drives it in a task of its own until the client is dropped.
pub(crate) async fn connect(config: &Config, transport: &Transport) -> Result<Client> {
    match transport {
        Transport::Plain => open(config, NoTls).await,
        Transport::Tls(tls) => open(config, (**tls).clone()).await,
    }
}

async fn open<T>(config: &Config, tls: T) -> Result<Client>
where
    T: MakeTlsConnect<Socket>,
    T::Stream: Send + 'static,
{
    let (client, connection) = config.connect(tls).await?;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a database connection ended");
        }
    });
    Ok(client)
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
}

//! The way to a server: hosts in their order, TLS where it is wanted, the greeting.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use postgres_protocol::message::frontend;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, UnixStream};
use tokio_postgres::Config;
use tokio_postgres::config::{Host, TargetSessionAttrs};
use tokio_rustls::TlsConnector;

use super::{Message, Stream, Wire};
use crate::error::DbError;
use crate::{Error, Result};

/// Where connections of a pool go.
#[derive(Clone)]
pub(crate) struct Target {
    pub config: Config,
    /// `None`: in the clear.
    pub tls: Option<Arc<rustls::ClientConfig>>,
    /// For each host.
    pub timeout: Duration,
}

/// Where a connection went, for a second one beside it.
#[derive(Clone)]
pub(crate) struct Way {
    host: Host,
    port: u16,
}

impl Wire {
    /// The first server of the target's hosts that answers and is of the kind wanted.
    pub async fn connect(target: &Target) -> Result<(Self, Way)> {
        let mut last = Error::Config("the connection string names no host".to_owned());
        let ports = target.config.get_ports();
        for (at, host) in target.config.get_hosts().iter().enumerate() {
            let port = ports.get(at).or(ports.first()).copied().unwrap_or(5432);
            let way = Way {
                host: host.clone(),
                port,
            };
            match tokio::time::timeout(target.timeout, enter(target, &way)).await {
                Ok(Ok(wire)) => return Ok((wire, way)),
                Ok(Err(error)) => last = error,
                Err(_) => last = Error::Lost(io::ErrorKind::TimedOut.into()),
            }
        }
        Err(last)
    }

    /// Asks the server, on a connection of its own, to give up what this one is doing. The server
    /// has passed it on when this returns: what is sent afterwards is not meant by it.
    pub async fn cancel(&self, target: &Target, way: &Way) -> Result<()> {
        let (process, secret) = (self.process_id, self.secret_key);
        let ask = async {
            let mut stream = open(target, way).await?;
            let mut message = bytes::BytesMut::new();
            frontend::cancel_request(process, secret, &mut message);
            stream.write_all(&message).await.map_err(Error::Lost)?;
            stream.flush().await.map_err(Error::Lost)?;
            // There is no answer; the server closes once the signal is sent.
            match stream.read(&mut [0]).await {
                Ok(_) => Ok(()),
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => Ok(()),
                Err(error) => Err(Error::Lost(error)),
            }
        };
        tokio::time::timeout(target.timeout, ask)
            .await
            .map_err(|_| Error::Lost(io::ErrorKind::TimedOut.into()))?
    }
}

async fn enter(target: &Target, way: &Way) -> Result<Wire> {
    let mut wire = Wire::new(open(target, way).await?);
    wire.greet(&target.config).await?;
    if target.config.get_target_session_attrs() != TargetSessionAttrs::Any {
        let wants_writable =
            target.config.get_target_session_attrs() == TargetSessionAttrs::ReadWrite;
        if wire.is_writable().await? != wants_writable {
            return Err(Error::Config(
                "no server of the wanted target_session_attrs".to_owned(),
            ));
        }
    }
    Ok(wire)
}

impl Wire {
    async fn is_writable(&mut self) -> Result<bool> {
        self.simple("show transaction_read_only")?;
        self.flush().await?;
        let mut is_writable = None;
        loop {
            match self.message().await? {
                Message::DataRow(row) => is_writable = Some(row.buffer().ends_with(b"off")),
                Message::ReadyForQuery(_) => return is_writable.ok_or_else(|| self.unexpected()),
                Message::ErrorResponse(body) => return Err(DbError::read(&body)?.into()),
                _ => {}
            }
        }
    }
}

/// A stream to the server, secured where the target says so.
async fn open(target: &Target, way: &Way) -> Result<Box<dyn Stream>> {
    let name = match &way.host {
        Host::Unix(directory) => {
            let path = directory.join(format!(".s.PGSQL.{}", way.port));
            return Ok(Box::new(
                UnixStream::connect(path).await.map_err(Error::Lost)?,
            ));
        }
        Host::Tcp(name) => name,
    };
    let mut stream = TcpStream::connect((name.as_str(), way.port))
        .await
        .map_err(Error::Lost)?;
    stream.set_nodelay(true).map_err(Error::Lost)?;
    let idle = target.config.get_keepalives_idle();
    socket2::SockRef::from(&stream)
        .set_tcp_keepalive(&socket2::TcpKeepalive::new().with_time(idle))
        .map_err(Error::Lost)?;
    let Some(tls) = &target.tls else {
        return Ok(Box::new(stream));
    };
    let mut request = bytes::BytesMut::new();
    frontend::ssl_request(&mut request);
    stream.write_all(&request).await.map_err(Error::Lost)?;
    if stream.read_u8().await.map_err(Error::Lost)? != b'S' {
        return Err(Error::Config("the server does not offer TLS".to_owned()));
    }
    let server = ServerName::try_from(name.clone())
        .map_err(|_| Error::Config(format!("{name} is no name that a certificate can carry")))?;
    let secured = TlsConnector::from(Arc::clone(tls))
        .connect(server, stream)
        .await;
    Ok(Box::new(secured.map_err(Error::Lost)?))
}

//! A small HTTP server on 127.0.0.1.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// How long requests in flight may take to end when the server stops.
const GRACE: Duration = Duration::from_secs(5);

/// A listening socket that does not answer yet.
pub(crate) struct Bound {
    listener: TcpListener,
    address: SocketAddr,
}

impl Bound {
    /// Takes the port of 127.0.0.1, or a free one for 0.
    pub async fn on(port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address })
    }

    /// Answers from now on.
    pub fn serve(self, router: Router) -> Server {
        let (stop, stopped) = oneshot::channel::<()>();
        let serve = axum::serve(self.listener, router).with_graceful_shutdown(async {
            // An error means that the handle was dropped, which stops the server just as well.
            drop(stopped.await);
        });
        let task = tokio::spawn(async move {
            if let Err(error) = serve.await {
                tracing::error!(%error, "a local server ended");
            }
        });
        Server {
            port: self.address.port(),
            stop: Some(stop),
            task,
        }
    }
}

/// A running server. Dropping it stops it, without waiting for requests in flight.
#[derive(Debug)]
pub(crate) struct Server {
    port: u16,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Server {
    /// The port it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Takes no more connections, and lets requests in flight end for a few seconds.
    pub async fn stop(mut self) {
        self.stop.take();
        if tokio::time::timeout(GRACE, &mut self.task).await.is_err() {
            tracing::debug!(port = self.port, "requests were cut off");
            self.task.abort();
        }
    }
}

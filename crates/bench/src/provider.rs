//! The identity provider as the server under test sees it: a key set, and nobody else home.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// Requests are read up to here and no further.
const HEAD_BYTES_MAX: usize = 16 * 1024;

/// Answers every request for a key set with `jwks`, and any other with 404, for as long as the
/// runtime lives.
pub async fn start(jwks: String) -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let jwks: Arc<str> = jwks.into();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer(stream, Arc::clone(&jwks)));
        }
    });
    Ok(address)
}

/// One connection: a peer that goes away ends it.
async fn answer(mut stream: TcpStream, jwks: Arc<str>) {
    let mut head = Vec::new();
    loop {
        match stream.read_buf(&mut head).await {
            Ok(read) if read > 0 && head.len() < HEAD_BYTES_MAX => {}
            _ => return,
        }
        if !head.ends_with(b"\r\n\r\n") {
            continue;
        }
        let known = head.starts_with(b"GET /.well-known/jwks.json ");
        let (status, body) = if known {
            ("200 OK", &*jwks)
        } else {
            ("404 Not Found", "{}")
        };
        let length = body.len();
        let text = format!(
            "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        if stream.write_all(text.as_bytes()).await.is_err() {
            return;
        }
        head.clear();
    }
}

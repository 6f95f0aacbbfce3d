//! Connections whose clients say nothing, too little, or another language.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::ConnectInfo;
use axum::routing::get;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What the listener under test gives a head.
const HEAD_TIMEOUT: Duration = Duration::from_millis(300);
/// A connection that is still there by then is not being closed.
const PATIENCE: Duration = Duration::from_secs(20);
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
const REQUEST: &[u8] = b"GET /who HTTP/1.1\r\nhost: a.example\r\n\r\n";

/// A listener that ends with the test; one route answers the peer's address.
async fn listener() -> SocketAddr {
    let who = |ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.to_string() };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().route("/who", get(who));
    let stop = std::future::pending();
    tokio::spawn(bailiwick_api::serve_with(
        listener,
        router,
        HEAD_TIMEOUT,
        stop,
    ));
    address
}

/// What comes back on a connection until the server closes it.
async fn until_closed(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await;
    // A reset closes as well as an end does.
    let _ = read.unwrap_or_else(|_| panic!("the connection stays open"));
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn who_says_nothing_or_half_a_head_is_cut_off() {
    let address = listener().await;
    for said in [
        &b""[..],
        b"G",
        &PREFACE[..8],
        b"GET /who HTTP/1.1\r\nhost: a.exam",
    ] {
        let began = Instant::now();
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(said).await.unwrap();
        let answer = until_closed(&mut stream).await;
        let said = String::from_utf8_lossy(said);
        assert!(!answer.contains(" 200 "), "{said:?}: {answer}");
        assert!(began.elapsed() >= HEAD_TIMEOUT, "{said:?}: {answer}");
    }
}

#[tokio::test]
async fn who_sends_a_byte_now_and_then_gains_no_time() {
    let mut stream = TcpStream::connect(listener().await).await.unwrap();
    let (mut read, mut write) = stream.split();
    let drip = async {
        for byte in REQUEST.iter().cycle() {
            if write.write_all(&[*byte]).await.is_err() {
                return;
            }
            tokio::time::sleep(HEAD_TIMEOUT / 10).await;
        }
    };
    let mut answer = Vec::new();
    tokio::select! {
        () = drip => {}
        _ = read.read_to_end(&mut answer) => {}
        () = tokio::time::sleep(PATIENCE) => panic!("the connection stays open"),
    }
    assert!(!String::from_utf8_lossy(&answer).contains(" 200 "));
}

#[tokio::test]
async fn who_asks_is_answered_and_cut_off_when_idle() {
    let mut stream = TcpStream::connect(listener().await).await.unwrap();
    let own = stream.local_addr().unwrap().to_string();
    stream.write_all(REQUEST).await.unwrap();
    stream.write_all(REQUEST).await.unwrap();
    let answer = until_closed(&mut stream).await;
    assert_eq!(answer.matches("HTTP/1.1 200 OK").count(), 2, "{answer}");
    assert_eq!(answer.matches(&own).count(), 2, "{answer}");
}

#[tokio::test]
async fn another_version_is_refused() {
    let mut stream = TcpStream::connect(listener().await).await.unwrap();
    stream.write_all(PREFACE).await.unwrap();
    let answer = until_closed(&mut stream).await;
    assert_eq!(answer, "");
}

//! One connection, message by message: what is to be sent gathers in a buffer and leaves in one
//! write; what arrives is cut into messages where the caller waits, without a task in between.
//!
//! Everything here may be dropped between two polls and taken up again later: a half-written or
//! half-read message stays in its buffer.

mod auth;
mod connect;

use std::collections::VecDeque;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use bytes::BytesMut;
use postgres_protocol::message::{backend, frontend};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::io::poll_read_buf;

pub(crate) use backend::Message;
pub(crate) use connect::{Target, Way};

use crate::{Error, Result};

/// A byte stream: a socket file, TCP, or TLS over it.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Unpin + Send + Sync {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + Sync> Stream for T {}

/// Read at once at most.
const READ: usize = 16 * 1024;
/// Buffers larger than this are given back after use.
const KEEP: usize = 256 * 1024;

/// Where the server says that it is, at the end of each flight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Status {
    /// In no transaction.
    Idle,
    /// In a transaction.
    Open,
    /// In a transaction that has failed.
    Failed,
}

/// A connection past its greeting.
pub(crate) struct Wire {
    stream: Box<dyn Stream>,
    input: BytesMut,
    output: BytesMut,
    /// Flights sent whose end has not been read.
    pending: u32,
    status: Status,
    is_broken: bool,
    process_id: i32,
    secret_key: i32,
    /// Announcements that came between other messages.
    heard: VecDeque<String>,
}

impl Wire {
    fn new(stream: Box<dyn Stream>) -> Self {
        Self {
            stream,
            input: BytesMut::with_capacity(READ),
            output: BytesMut::with_capacity(READ),
            pending: 0,
            status: Status::Idle,
            is_broken: false,
            process_id: 0,
            secret_key: 0,
            heard: VecDeque::new(),
        }
    }

    /// Nothing under way, no transaction, no error: fit for anybody.
    pub fn is_settled(&self) -> bool {
        self.pending == 0 && self.output.is_empty() && self.status == Status::Idle
    }

    pub fn is_broken(&self) -> bool {
        self.is_broken
    }

    /// The number of the process at the other end, as the greeting gave it. A pooler makes one up.
    pub fn process_id(&self) -> i32 {
        self.process_id
    }

    /// What proves to the server that a request to cancel is ours.
    pub fn secret_key(&self) -> i32 {
        self.secret_key
    }

    /// The buffer of what is to be sent. Whole messages only.
    pub fn output(&mut self) -> &mut BytesMut {
        &mut self.output
    }

    /// Ends a flight of the extended protocol: the server answers it with one `ReadyForQuery`.
    pub fn sync(&mut self) {
        frontend::sync(&mut self.output);
        self.pending += 1;
    }

    /// A flight of the simple protocol, as a whole.
    pub fn simple(&mut self, sql: &str) -> Result<()> {
        let mark = self.output.len();
        if let Err(error) = frontend::query(sql, &mut self.output) {
            self.output.truncate(mark);
            return Err(Error::Parameter(error.to_string()));
        }
        self.pending += 1;
        Ok(())
    }

    fn fail(&mut self, error: io::Error) -> Error {
        self.is_broken = true;
        Error::Lost(error)
    }

    /// Sends what has gathered. Reads meanwhile where the server does not take more, so that the
    /// two never wait for each other.
    pub async fn flush(&mut self) -> Result<()> {
        let sent = poll_fn(|cx| self.poll_flush(cx)).await;
        if self.output.capacity() > KEEP {
            self.output = BytesMut::with_capacity(READ);
        }
        sent.map_err(|error| self.fail(error))
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.output.is_empty() {
            match Pin::new(&mut self.stream).poll_write(cx, &self.output) {
                Poll::Ready(Ok(0)) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Poll::Ready(Ok(n)) => drop(self.output.split_to(n)),
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => match self.poll_fill(cx) {
                    Poll::Ready(Ok(())) => {}
                    Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                    Poll::Pending => return Poll::Pending,
                },
            }
        }
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    /// Reads once into the buffer; the end of the stream is an error.
    fn poll_fill(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.input.reserve(READ / 4);
        match poll_read_buf(Pin::new(&mut self.stream), cx, &mut self.input) {
            Poll::Ready(Ok(0)) => Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into())),
            Poll::Ready(Ok(_)) => Poll::Ready(Ok(())),
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => Poll::Pending,
        }
    }

    /// The next message that answers a flight. What the server says unasked is passed over; an
    /// error outside of any flight is the server's farewell.
    pub async fn message(&mut self) -> Result<Message> {
        loop {
            match Message::parse(&mut self.input) {
                Ok(Some(message)) => match message {
                    Message::NoticeResponse(_) | Message::ParameterStatus(_) => {}
                    Message::NotificationResponse(body) => self.hear(&body)?,
                    Message::ReadyForQuery(ready) => {
                        self.pending = self.pending.saturating_sub(1);
                        self.status = match ready.status() {
                            b'I' => Status::Idle,
                            b'T' => Status::Open,
                            _ => Status::Failed,
                        };
                        return Ok(Message::ReadyForQuery(ready));
                    }
                    message => return Ok(message),
                },
                Ok(None) => {
                    let filled = poll_fn(|cx| self.poll_fill(cx)).await;
                    filled.map_err(|error| self.fail(error))?;
                }
                Err(error) => return Err(self.fail(error)),
            }
        }
    }

    /// Reads to the end of everything that is under way, and ends a transaction that is open.
    pub async fn settle(&mut self) -> Result<()> {
        loop {
            self.flush().await?;
            while self.pending > 0 {
                self.message().await?;
            }
            if self.status == Status::Idle {
                return Ok(());
            }
            self.simple("ROLLBACK")?;
        }
    }

    fn hear(&mut self, body: &backend::NotificationResponseBody) -> Result<()> {
        match body.message() {
            Ok(text) => self.heard.push_back(text.to_owned()),
            Err(error) => return Err(self.fail(error)),
        }
        Ok(())
    }

    /// The next announcement, while nothing else is under way.
    pub async fn heard(&mut self) -> Result<String> {
        loop {
            if let Some(text) = self.heard.pop_front() {
                return Ok(text);
            }
            match Message::parse(&mut self.input) {
                Ok(Some(Message::NotificationResponse(body))) => self.hear(&body)?,
                Ok(Some(Message::NoticeResponse(_) | Message::ParameterStatus(_))) => {}
                Ok(Some(_)) => return Err(self.unexpected()),
                Ok(None) => {
                    let filled = poll_fn(|cx| self.poll_fill(cx)).await;
                    filled.map_err(|error| self.fail(error))?;
                }
                Err(error) => return Err(self.fail(error)),
            }
        }
    }

    /// Whether a connection at rest is still one: the server may have closed it meanwhile. Notices
    /// pass; anything else that comes unasked is a farewell.
    pub fn is_alive(&mut self) -> bool {
        let mut cx = Context::from_waker(Waker::noop());
        while !self.is_broken {
            match self.poll_fill(&mut cx) {
                Poll::Pending => break,
                Poll::Ready(Ok(())) => self.is_broken = !self.only_notices(),
                Poll::Ready(Err(_)) => self.is_broken = true,
            }
        }
        !self.is_broken
    }

    fn only_notices(&mut self) -> bool {
        loop {
            match Message::parse(&mut self.input) {
                Ok(None) => return true,
                Ok(Some(Message::NoticeResponse(_) | Message::ParameterStatus(_))) => {}
                Ok(Some(_)) | Err(_) => return false,
            }
        }
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        // A farewell, where the socket takes it at once; the server notices the end anyway.
        if !self.is_broken && self.output.is_empty() {
            frontend::terminate(&mut self.output);
            let mut cx = Context::from_waker(Waker::noop());
            let _told = self.poll_flush(&mut cx);
        }
    }
}

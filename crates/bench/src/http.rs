//! An HTTP/1.1 client for one keep-alive connection that costs next to nothing: it shares its
//! processors with what is measured. It reads answers with `Content-Length` and no others.

use std::net::SocketAddr;

use anyhow::{Context as _, bail, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A connection.
pub struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer; its body lives until the next request.
pub struct Answer<'a> {
    /// The status.
    pub status: u16,
    /// The head, from the status line on.
    head: &'a [u8],
    /// The body.
    pub body: &'a [u8],
}

impl Answer<'_> {
    /// The body as text, for messages.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(self.body).into_owned()
    }

    /// The cookies that it sets, as they are sent back.
    pub fn cookies(&self) -> Vec<String> {
        let head = String::from_utf8_lossy(self.head);
        let lines = head.split("\r\n").filter_map(|line| line.split_once(": "));
        lines
            .filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"))
            .filter_map(|(_, value)| value.split(';').next())
            .map(str::to_owned)
            .collect()
    }
}

impl Client {
    /// Opens a connection.
    pub async fn connect(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let buffer = Vec::with_capacity(16 * 1024);
        Ok(Self { stream, buffer })
    }

    /// Sends a request and reads its answer.
    pub async fn exchange(&mut self, request: &[u8]) -> anyhow::Result<Answer<'_>> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let (status, from, until) = loop {
            let read = self.stream.read_buf(&mut self.buffer).await?;
            ensure!(read > 0, "the server closed the connection");
            if let Some(head) = head(&self.buffer)? {
                break head;
            }
        };
        while self.buffer.len() < until {
            let read = self.stream.read_buf(&mut self.buffer).await?;
            ensure!(
                read > 0,
                "the server closed the connection within an answer"
            );
        }
        ensure!(
            self.buffer.len() == until,
            "the server sent more than its answer"
        );
        Ok(Answer {
            status,
            head: &self.buffer[..from],
            body: &self.buffer[from..],
        })
    }
}

/// Status, where the body starts and where it ends; nothing until the head is there.
fn head(bytes: &[u8]) -> anyhow::Result<Option<(u16, usize, usize)>> {
    let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Ok(None);
    };
    let text = std::str::from_utf8(&bytes[..end]).context("a head that is no text")?;
    let mut lines = text.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1));
    let status: u16 = status
        .context("no status")?
        .parse()
        .context("a status that is no number")?;
    for line in lines {
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            let length: usize = value.trim().parse().context("content-length")?;
            return Ok(Some((status, end + 4, end + 4 + length)));
        }
    }
    if status == 204 {
        return Ok(Some((status, end + 4, end + 4)));
    }
    bail!("an answer {status} without content-length")
}

/// A request with a body as JSON, or without one.
pub fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    let mut text = format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\naccept: */*\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    if !body.is_empty() {
        let length = body.len();
        text.push_str("content-type: application/json\r\n");
        text.push_str(&format!("content-length: {length}\r\n"));
    }
    text.push_str("\r\n");
    text.push_str(body);
    text.into_bytes()
}

/// A POST with a form, as browsers send it.
pub fn request_form(path: &str, headers: &[(&str, &str)], form: &str) -> Vec<u8> {
    let mut text = format!("POST {path} HTTP/1.1\r\nhost: localhost\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    let length = form.len();
    text.push_str("content-type: application/x-www-form-urlencoded\r\n");
    text.push_str(&format!("content-length: {length}\r\n\r\n{form}"));
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_cut_at_its_length() {
        let text = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
        assert_eq!(head(text).unwrap(), Some((200, 38, 40)));
        assert_eq!(head(&text[..20]).unwrap(), None);
        assert!(head(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").is_err());
        let empty = b"HTTP/1.1 204 No Content\r\n\r\n";
        assert_eq!(head(empty).unwrap(), Some((204, 27, 27)));
    }
}

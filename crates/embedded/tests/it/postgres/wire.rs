//! As much of PostgreSQL's protocol as a test needs, so that it needs no client library and no
//! `psql`: start-up without a password, and the simple query.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;

use bailiwick_embedded::postgres::Postgres;

/// A session of the superuser on the Unix socket.
pub struct Session(UnixStream);

impl Session {
    pub fn open(server: &Postgres) -> Self {
        let path = server
            .socket_dir()
            .join(format!(".s.PGSQL.{}", server.tcp_port()));
        let mut session = Self(UnixStream::connect(path).unwrap());
        let parameters = b"user\0postgres\0database\0postgres\0\0";
        let mut message = u32::try_from(parameters.len() + 8)
            .unwrap()
            .to_be_bytes()
            .to_vec();
        message.extend(196_608_u32.to_be_bytes());
        message.extend(parameters);
        session.0.write_all(&message).unwrap();
        session.read_answer().unwrap();
        session
    }

    /// Runs statements; the first column of each row, or what the server complained of.
    pub fn query(&mut self, sql: &str) -> Result<Vec<String>, String> {
        let length = u32::try_from(sql.len() + 5).unwrap().to_be_bytes();
        let message = [b"Q", &length[..], sql.as_bytes(), b"\0"].concat();
        self.0
            .write_all(&message)
            .map_err(|error| error.to_string())?;
        self.read_answer()
    }

    fn read_answer(&mut self) -> Result<Vec<String>, String> {
        let mut rows = Vec::new();
        let mut complaint = None;
        loop {
            let (kind, body) = self.read_message().map_err(|error| error.to_string())?;
            match kind {
                b'D' => rows.push(first_column(&body)),
                b'E' => complaint = Some(String::from_utf8_lossy(&body).replace('\0', " ")),
                b'Z' => return complaint.map_or(Ok(rows), Err),
                _ => {}
            }
        }
    }

    fn read_message(&mut self) -> io::Result<(u8, Vec<u8>)> {
        let mut head = [0; 5];
        self.0.read_exact(&mut head)?;
        let length = u32::from_be_bytes(head[1..].try_into().unwrap());
        let mut body = vec![0; usize::try_from(length).unwrap() - 4];
        self.0.read_exact(&mut body)?;
        Ok((head[0], body))
    }
}

fn first_column(row: &[u8]) -> String {
    let length = i32::from_be_bytes(row[2..6].try_into().unwrap());
    let length = usize::try_from(length).unwrap_or(0);
    String::from_utf8(row[6..6 + length].to_vec()).unwrap()
}

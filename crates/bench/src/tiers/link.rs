//! A link between the store and the database that takes its time: a TCP proxy of our own which
//! holds back what comes for a while, in both directions and in its order. Threads of their own
//! sleep for it; an asynchronous timer's steps of a millisecond are too coarse.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::say;

/// An open link. What goes over it when it is dropped comes to its end by itself.
pub struct Link {
    address: SocketAddr,
    delay_ns: Arc<AtomicU64>,
    is_over: Arc<AtomicBool>,
}

impl Link {
    /// Opens a link to `target` in which each direction takes `one_way`.
    pub fn open(target: SocketAddr, one_way: Duration) -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let link = Self {
            address: listener.local_addr()?,
            delay_ns: Arc::default(),
            is_over: Arc::default(),
        };
        link.set_one_way(one_way);
        let (delay_ns, is_over) = (Arc::clone(&link.delay_ns), Arc::clone(&link.is_over));
        thread::spawn(move || {
            for stream in listener.incoming() {
                if is_over.load(Ordering::Relaxed) {
                    return;
                }
                if let Err(error) = stream.and_then(|stream| join(&stream, target, &delay_ns)) {
                    say(&format!("a connection over the link: {error}"));
                }
            }
        });
        Ok(link)
    }

    /// Where it is entered.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// From here on each direction takes so long.
    pub fn set_one_way(&self, one_way: Duration) {
        let ns = u64::try_from(one_way.as_nanos()).unwrap_or(u64::MAX);
        self.delay_ns.store(ns, Ordering::Relaxed);
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        // The listener waits for somebody; where nobody can come it has ended.
        let _woken = TcpStream::connect(self.address);
    }
}

/// Both directions of one connection, each with a thread that reads and one that writes.
fn join(near: &TcpStream, target: SocketAddr, delay_ns: &Arc<AtomicU64>) -> std::io::Result<()> {
    let far = TcpStream::connect(target)?;
    near.set_nodelay(true)?;
    far.set_nodelay(true)?;
    for (from, to) in [(near, &far), (&far, near)] {
        let (from, to) = (from.try_clone()?, to.try_clone()?);
        let (sender, receiver) = channel();
        let delay_ns = Arc::clone(delay_ns);
        thread::spawn(move || read(from, &sender, &delay_ns));
        thread::spawn(move || write(&to, &receiver));
    }
    Ok(())
}

/// Notes of all that comes when it is due at the other end.
fn read(mut from: TcpStream, sender: &Sender<(Instant, Vec<u8>)>, delay_ns: &AtomicU64) {
    let mut buffer = vec![0; 64 * 1024];
    // An end and an error are the same here: nothing more comes.
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        let delay = Duration::from_nanos(delay_ns.load(Ordering::Relaxed));
        let bytes = buffer[..length].to_vec();
        if sender.send((Instant::now() + delay, bytes)).is_err() {
            return;
        }
    }
}

/// Passes on what is due, and then the end.
fn write(mut to: &TcpStream, receiver: &Receiver<(Instant, Vec<u8>)>) {
    for (due, bytes) in receiver {
        thread::sleep(due.saturating_duration_since(Instant::now()));
        if to.write_all(&bytes).is_err() {
            break;
        }
    }
    // Both sides may have ended already.
    let _ended = to.shutdown(Shutdown::Both);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_over_a_link_arrives_late_whole_and_in_order() {
        let echo = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let target = echo.local_addr().unwrap();
        thread::spawn(move || {
            let (mut stream, _) = echo.accept().unwrap();
            let mut copy = stream.try_clone().unwrap();
            std::io::copy(&mut stream, &mut copy).unwrap();
        });
        let one_way = Duration::from_millis(2);
        let link = Link::open(target, one_way).unwrap();
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, link.port())).unwrap();
        let sent: Vec<u8> = (0..200_000_u32)
            .map(|n| u8::try_from(n % 251).unwrap())
            .collect();
        let (mut back, started) = (vec![0; 1], Instant::now());
        stream.write_all(&sent[..1]).unwrap();
        stream.read_exact(&mut back).unwrap();
        assert!(started.elapsed() >= one_way * 2);
        assert_eq!(back[0], sent[0]);
        let mut writer = stream.try_clone().unwrap();
        let rest = sent[1..].to_vec();
        let writing = thread::spawn(move || writer.write_all(&rest).unwrap());
        let mut back = vec![0; sent.len() - 1];
        stream.read_exact(&mut back).unwrap();
        writing.join().unwrap();
        assert_eq!(back, sent[1..]);
    }
}

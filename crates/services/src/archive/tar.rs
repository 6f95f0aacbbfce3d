//! The little of the tar format (POSIX ustar) that an archive needs: regular files with short names.

use std::io::{ErrorKind, Read, Write};

use super::refused;
use crate::Result;

const BLOCK: usize = 512;
/// Characters of a name.
const NAME_MAX: usize = 100;
/// What eleven octal digits hold.
const SIZE_MAX: u64 = 0o77_777_777_777;

/// Writes entries one after the other.
pub(super) struct Writer<W>(W);

impl<W: Write> Writer<W> {
    pub fn new(out: W) -> Self {
        Self(out)
    }

    pub fn entry(&mut self, name: &str, body: &[u8]) -> Result<()> {
        let size = body.len() as u64;
        if name.len() > NAME_MAX || size > SIZE_MAX {
            return Err(refused(format!("{name} does not fit into a tar")));
        }
        let padding = [0; BLOCK];
        let rest = (BLOCK - body.len() % BLOCK) % BLOCK;
        let out = &mut self.0;
        out.write_all(&header(name, size)).map_err(refused)?;
        out.write_all(body).map_err(refused)?;
        out.write_all(&padding[..rest]).map_err(refused)
    }

    /// Two empty blocks end it.
    pub fn finish(mut self) -> Result<()> {
        self.0.write_all(&[0; 2 * BLOCK]).map_err(refused)?;
        self.0.flush().map_err(refused)
    }
}

fn header(name: &str, size: u64) -> [u8; BLOCK] {
    let mut block = [0; BLOCK];
    let mut put = |at: usize, bytes: &[u8]| block[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, name.as_bytes());
    put(100, b"0000600\0");
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    put(124, format!("{size:011o}\0").as_bytes());
    put(136, b"00000000000\0");
    put(148, b"        ");
    put(156, b"0");
    put(257, b"ustar\x0000");
    let sum = checksum(&block);
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    block
}

/// Over the header with its own place blank.
fn checksum(block: &[u8; BLOCK]) -> u64 {
    let blank = |(at, byte): (usize, &u8)| {
        let is_own = (148..156).contains(&at);
        u64::from(if is_own { b' ' } else { *byte })
    };
    block.iter().enumerate().map(blank).sum()
}

/// What comes next in an archive.
pub(super) struct Entry {
    pub name: String,
    pub size: u64,
}

/// Reads entries one after the other.
pub(super) struct Reader<R>(R);

impl<R: Read> Reader<R> {
    pub fn new(input: R) -> Self {
        Self(input)
    }

    /// The next entry; none at the end. Its body has to be read before the one after.
    pub fn next(&mut self) -> Result<Option<Entry>> {
        let mut block = [0; BLOCK];
        self.fill(&mut block)?;
        if block.iter().all(|byte| *byte == 0) {
            return Ok(None);
        }
        if number(&block[148..156]) != Some(checksum(&block)) || &block[257..262] != b"ustar" {
            return Err(refused("it is no tar, or is damaged"));
        }
        let name: Vec<u8> = block[..NAME_MAX]
            .iter()
            .copied()
            .take_while(|byte| *byte != 0)
            .collect();
        let is_plain =
            |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"/.".contains(byte);
        if block[156] != b'0' || block[345] != 0 || !name.iter().all(is_plain) {
            return Err(refused("it has an entry that is none of ours"));
        }
        let name = String::from_utf8(name).map_err(refused)?;
        let size = number(&block[124..136]).ok_or_else(|| refused("an entry has no size"))?;
        Ok(Some(Entry { name, size }))
    }

    /// The body of an entry that must not be larger than this.
    pub fn body(&mut self, entry: &Entry, max: u64) -> Result<Vec<u8>> {
        let Entry { name, size } = entry;
        if *size > max {
            let text = format!("{name} has {size} bytes, more than the {max} that are taken");
            return Err(refused(text));
        }
        let size = usize::try_from(*size).map_err(refused)?;
        let mut body = vec![0; size];
        self.fill(&mut body)?;
        let mut padding = [0; BLOCK];
        let rest = (BLOCK - size % BLOCK) % BLOCK;
        self.fill(&mut padding[..rest])?;
        if padding.iter().any(|byte| *byte != 0) {
            return Err(refused(format!("something stands behind {name}")));
        }
        Ok(body)
    }

    fn fill(&mut self, into: &mut [u8]) -> Result<()> {
        match self.0.read_exact(into) {
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => Err(refused("it is cut off")),
            other => other.map_err(refused),
        }
    }
}

fn number(field: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(field).ok()?;
    u64::from_str_radix(text.trim_matches(['\0', ' ']), 8).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tar(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut writer = Writer::new(&mut out);
        for (name, body) in entries {
            writer.entry(name, body).unwrap();
        }
        writer.finish().unwrap();
        out
    }

    #[test]
    fn what_is_written_is_read() {
        let large = vec![7; 1500];
        let entries: [(&str, &[u8]); 3] = [("a.json", b"{}"), ("b/c.bin", &large), ("d", b"")];
        let bytes = tar(&entries);
        let mut reader = Reader::new(bytes.as_slice());
        for (name, body) in entries {
            let entry = reader.next().unwrap().unwrap();
            assert_eq!((entry.name.as_str(), entry.size), (name, body.len() as u64));
            assert_eq!(reader.body(&entry, 2000).unwrap(), body);
        }
        assert!(reader.next().unwrap().is_none());
    }

    #[test]
    fn what_is_damaged_too_large_or_strange_is_refused() {
        let good = tar(&[("a.json", b"{}")]);
        let next = |bytes: &[u8]| Reader::new(bytes).next().map(|entry| entry.unwrap());
        let mut other = good.clone();
        other[0] = b'b';
        assert!(next(&other).is_err(), "the checksum");
        for at in [0, 100, 513] {
            let mut reader = Reader::new(&good[..at]);
            let cut = reader
                .next()
                .and_then(|entry| reader.body(&entry.unwrap(), 9));
            assert!(cut.is_err(), "{at}");
        }
        let entry = next(&good).unwrap();
        assert!(Reader::new(&good[512..]).body(&entry, 1).is_err());
        // A size that claims more than there is takes no memory before it is compared.
        let bomb = Entry {
            name: "x".to_owned(),
            size: SIZE_MAX,
        };
        assert!(Reader::new(&good[512..]).body(&bomb, 1 << 20).is_err());
        assert!(next(&tar(&[("A b", b"")])).is_err());
    }
}

//! Compressed bytes, in memory up to a bound and in a temporary file beyond it, and the ways to read them.

use bytes::Bytes;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use tempfile::{SpooledData, SpooledTempFile};

/// What is read, or handed to a client's connection, at a time.
const CHUNK: usize = 32 * 1024;

/// Bytes that do not change any more. Clones share them.
#[derive(Clone)]
pub enum Stored {
    /// Bytes in memory.
    Memory(Bytes),
    /// A file without a name: it ends with its last reader.
    File(Arc<File>, u64),
}

impl Stored {
    /// Keeps what `write` writes. Beyond `in_memory` bytes it goes to the folder for temporary files (`TMPDIR`).
    ///
    /// # Errors
    /// Those of `write` and of the file.
    pub fn of<E: From<io::Error>>(
        in_memory: usize,
        write: impl FnOnce(&mut Spool) -> Result<(), E>,
    ) -> Result<Stored, E> {
        let mut spool = Spool::new(in_memory);
        write(&mut spool)?;
        Ok(spool.end()?)
    }

    /// How many bytes there are.
    pub fn size(&self) -> u64 {
        match self {
            Stored::Memory(bytes) => bytes.len() as u64,
            Stored::File(_, length) => *length,
        }
    }

    /// The bytes from `at` on, as many as go out at a time; none at the end. A file was written a moment ago, so its pages
    /// are in memory as a rule.
    ///
    /// # Errors
    /// Those of the file.
    pub fn chunk(&self, at: u64) -> io::Result<Bytes> {
        match self {
            Stored::Memory(bytes) => {
                let start = usize::try_from(at).unwrap_or(usize::MAX).min(bytes.len());
                Ok(bytes.slice(start..bytes.len().min(start + CHUNK)))
            }
            Stored::File(file, _) => {
                let mut chunk = vec![0; CHUNK];
                let read = file.read_at(&mut chunk, at)?;
                chunk.truncate(read);
                Ok(chunk.into())
            }
        }
    }

    /// A reader of its own, from the beginning.
    pub fn reader(&self) -> Reader {
        Reader { stored: self.clone(), at: 0, chunk: Bytes::new() }
    }
}

/// Reads [`Stored`] bytes.
pub struct Reader {
    stored: Stored,
    at: u64,
    chunk: Bytes,
}

impl Read for Reader {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if self.chunk.is_empty() {
            self.chunk = self.stored.chunk(self.at)?;
            self.at += self.chunk.len() as u64;
        }
        let taken = self.chunk.split_to(to.len().min(self.chunk.len()));
        to[..taken.len()].copy_from_slice(&taken);
        Ok(taken.len())
    }
}

/// Where bytes are written that become [`Stored`].
pub struct Spool {
    to: SpooledTempFile,
    length: u64,
}

impl Spool {
    pub fn new(in_memory: usize) -> Self {
        Self { to: SpooledTempFile::new(in_memory), length: 0 }
    }

    /// # Errors
    /// Those of the file.
    pub fn end(mut self) -> io::Result<Stored> {
        self.to.flush()?;
        Ok(match self.to.into_inner() {
            SpooledData::InMemory(buffer) => Stored::Memory(buffer.into_inner().into()),
            SpooledData::OnDisk(file) => Stored::File(Arc::new(file), self.length),
        })
    }
}

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.length += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_the_same_in_memory_and_in_a_file() {
        let bytes: Vec<u8> = (0..100_000u32).flat_map(u32::to_le_bytes).collect();
        for in_memory in [bytes.len(), bytes.len() - 1, 1] {
            let stored = Stored::of(in_memory, |to| to.write_all(&bytes)).expect("stored");
            assert_eq!(matches!(stored, Stored::File(..)), in_memory < bytes.len());
            assert_eq!(stored.size(), bytes.len() as u64);
            let mut read = Vec::new();
            stored.reader().read_to_end(&mut read).expect("read");
            assert!(read == bytes, "kept with {in_memory} bytes in memory");
        }
    }
}

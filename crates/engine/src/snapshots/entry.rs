//! A snapshot as it is kept and served: its version, and its bytes compressed once.

use super::stored::{Spool, Stored};
use domain::snapshot_lines::LinesError;
use domain::{ProjectId, Version};
use std::io::{self, BufReader, Read, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::OnceCell;

/// zstd's own default: a third of the time that the next better one takes.
const LEVEL: i32 = 3;
/// Bytes, uncompressed, from which an entry is folded at most once in [`IN_BETWEEN`], because folding reads all of them.
const LARGE: u64 = 1 << 20;
/// How long the last entry of a large project is served while newer versions exist.
const IN_BETWEEN: Duration = Duration::from_secs(1);

/// How often Redis is told that an entry is still read here.
const TOUCH: Duration = Duration::from_secs(30);

/// A project in one incarnation of its log.
pub type Key = (ProjectId, Arc<str>);

/// One snapshot. Never changes but for what is learnt about it.
pub struct Entry {
    /// The log's epoch.
    pub epoch: String,
    /// The last version in it.
    pub version: Version,
    /// Bytes before compression.
    pub size: u64,
    /// The bytes, compressed by zstd.
    pub zstd: Stored,
    gzip: OnceCell<Stored>,
    /// A moment at which there was no newer version.
    current_at: Mutex<Instant>,
    /// When Redis was last told of it.
    touched_at: Mutex<Instant>,
}

impl Entry {
    /// `current_at`: when the project was read, or a moment before.
    pub fn new(epoch: String, version: Version, size: u64, zstd: Stored, current_at: Instant) -> Entry {
        let (gzip, touched_at) = (OnceCell::new(), Mutex::new(Instant::now()));
        Entry { epoch, version, size, zstd, gzip, current_at: Mutex::new(current_at), touched_at }
    }

    /// Whether it may be served to somebody who knows that the log ends at `head` and wants nothing older than `least`.
    pub fn serves(&self, head: Version, least: Version) -> bool {
        self.version >= head || (self.version >= least && self.size >= LARGE && self.was_current(IN_BETWEEN))
    }

    fn was_current(&self, within: Duration) -> bool {
        self.current_at.lock().unwrap_or_else(PoisonError::into_inner).elapsed() < within
    }

    /// Notes that at `moment` there was no newer version.
    pub fn seen_current(&self, moment: Instant) {
        let mut last = self.current_at.lock().unwrap_or_else(PoisonError::into_inner);
        *last = moment.max(*last);
    }

    /// Whether the bytes begin as the snapshot of this epoch and version does; what comes from elsewhere might not.
    pub fn begins_right(&self) -> bool {
        let wanted = format!(r#"{{"epoch":"{}","version":{},"#, self.epoch, self.version);
        let mut found = vec![0; wanted.len()];
        self.open().and_then(|mut bytes| bytes.read_exact(&mut found)).is_ok() && found == wanted.as_bytes()
    }

    /// Whether it replaces another one of its epoch: it is newer, or the same with more encodings.
    pub fn beats(&self, other: &Entry) -> bool {
        (self.version, self.weight()) > (other.version, other.weight())
    }

    /// The bytes of all encodings that exist.
    pub fn weight(&self) -> u64 {
        self.zstd.size() + self.gzip.get().map_or(0, Stored::size)
    }

    /// Whether Redis has to be told that it is still read. Of those who ask in one interval one gets `true`.
    pub fn is_touch_due(&self) -> bool {
        let mut last = self.touched_at.lock().unwrap_or_else(PoisonError::into_inner);
        let due = last.elapsed() >= TOUCH;
        if due {
            *last = Instant::now();
        }
        due
    }

    /// The gzip of it, if it has been asked for.
    pub fn gzip_made(&self) -> Option<&Stored> {
        self.gzip.get()
    }

    /// Uncompressed, as a stream.
    ///
    /// # Errors
    /// When the decoder cannot be made.
    pub fn open(&self) -> io::Result<BufReader<impl Read + use<>>> {
        let decoder = zstd::Decoder::with_buffer(BufReader::new(self.zstd.reader()))?;
        Ok(BufReader::with_capacity(32 * 1024, decoder))
    }

    /// The gzip of it, made when first asked for, once.
    ///
    /// # Errors
    /// Those of reading and writing.
    pub async fn gzip(self: &Arc<Self>, in_memory: usize) -> io::Result<&Stored> {
        let entry = self.clone();
        let make = async move || {
            let making = tokio::task::spawn_blocking(move || {
                Stored::of(in_memory, |spool| {
                    let mut encoder = flate2::write::GzEncoder::new(spool, flate2::Compression::default());
                    io::copy(&mut entry.open()?, &mut encoder)?;
                    encoder.finish().map(|_| ())
                })
            });
            making.await.map_err(io::Error::other)?
        };
        self.gzip.get_or_try_init(make).await
    }
}

/// Compresses what is written into it, and counts it.
pub struct Compressor {
    encoder: zstd::Encoder<'static, Spool>,
    size: u64,
}

impl Compressor {
    /// # Errors
    /// When the encoder cannot be made.
    pub fn new(in_memory: usize) -> io::Result<Self> {
        let mut encoder = zstd::Encoder::new(Spool::new(in_memory), LEVEL)?;
        // A checksum, because bytes may change in a cache and a reader has to notice.
        encoder.include_checksum(true)?;
        Ok(Self { encoder, size: 0 })
    }

    /// The entry of this epoch and version.
    ///
    /// # Errors
    /// Those of writing.
    pub fn end(self, epoch: String, version: Version, current_at: Instant) -> Result<Entry, LinesError> {
        let zstd = self.encoder.finish()?.end()?;
        Ok(Entry::new(epoch, version, self.size, zstd, current_at))
    }
}

impl Write for Compressor {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.encoder.write(bytes)?;
        self.size += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.encoder.flush()
    }
}

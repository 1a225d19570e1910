//! Logs. Lines are a readable message and fields; never titles, bodies, tokens or e-mail addresses.
//!
//! Nobody waits for a line to be written, and nothing fails because one cannot be: a thread of its own writes them. What cannot be
//! written is dropped and counted, be it that the disk is full, that the reader of a pipe is gone, or that it reads too slowly.

use crate::config::{ConfigError, LogFormat, Source};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::ConstCounter;
use std::io::{self, Write};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use tracing_appender::non_blocking::{ErrorCounter, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::EnvFilter;

/// actix logs each malformed request as an error. They are silenced, because they are answered and anybody can send a
/// million of them.
const DEFAULT_FILTER: &str = "info,actix_http::h1=off";
/// Lines that wait to be written, some 4 MB.
const MOST_WAITING: usize = 16_384;

/// Lines that could not be written.
static FAILED: AtomicU64 = AtomicU64::new(0);
/// Lines that came while too many waited.
static DROPPED: OnceLock<ErrorCounter> = OnceLock::new();

/// Starts logging to standard error, in the format of `LOCKSTEP_LOG`, filtered by `LOCKSTEP_LOG_FILTER` (default `info`;
/// `info,access=debug` adds a line for each request). Lines that wait are written when what is returned is dropped.
///
/// # Errors
/// When one of them is wrong.
pub fn start(source: &Source) -> Result<WorkerGuard, ConfigError> {
    let filter = source
        .parsed::<EnvFilter>("LOCKSTEP_LOG_FILTER", "a filter such as info,access=debug")?
        .unwrap_or_else(|| EnvFilter::new(DEFAULT_FILTER));
    let format = crate::config::log_format(source)?;
    let (writer, guard) = NonBlockingBuilder::default()
        .buffered_lines_limit(MOST_WAITING)
        .lossy(true)
        .thread_name("log")
        .finish(Counted(io::stderr()));
    let dropped = writer.error_counter();
    // What cannot be logged is not told to standard error, because `eprintln!` panics where that cannot be written.
    let lines =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer).log_internal_errors(false);
    let started = match format {
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(false).try_init(),
        LogFormat::Human => {
            let terminal = io::IsTerminal::is_terminal(&io::stderr());
            lines.compact().with_ansi(terminal).try_init()
        }
    };
    // A second start in one process (tests) keeps the first one's.
    if started.is_ok() {
        let _ = DROPPED.set(dropped);
    }
    Ok(guard)
}

/// A writer that never fails, and counts the lines that it could not write.
struct Counted<W>(W);

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if self.0.write_all(line).is_err() {
            FAILED.fetch_add(1, Ordering::Relaxed);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        // Standard error keeps nothing back, so nothing is lost that was not counted.
        let _ = self.0.flush();
        Ok(())
    }
}

/// `lockstep_log_lines_lost_total`.
#[derive(Debug)]
pub struct LostLines;

impl Collector for LostLines {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let dropped = DROPPED.get().map_or(0, ErrorCounter::dropped_lines) as u64;
        let lost = ConstCounter::new(FAILED.load(Ordering::Relaxed) + dropped);
        let help = "Lines of the log that could not be written";
        lost.encode(encoder.encode_descriptor("log_lines_lost", help, None, lost.metric_type())?)
    }
}

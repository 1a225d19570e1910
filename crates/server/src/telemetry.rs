//! Logs. Lines are a readable message and fields; never titles, bodies, tokens or e-mail addresses.

use crate::config::{ConfigError, LogFormat, Source};
use tracing_subscriber::EnvFilter;

/// actix logs each malformed request as an error. They are silenced, because they are answered and anybody can send a
/// million of them.
const DEFAULT_FILTER: &str = "info,actix_http::h1=off";

/// Starts logging to standard error, in the format of `LOCKSTEP_LOG`, filtered by `LOCKSTEP_LOG_FILTER` (default `info`;
/// `info,access=debug` adds a line for each request).
///
/// # Errors
/// When one of them is wrong.
pub fn start(source: &Source) -> Result<(), ConfigError> {
    let filter = source
        .parsed::<EnvFilter>("LOCKSTEP_LOG_FILTER", "a filter such as info,access=debug")?
        .unwrap_or_else(|| EnvFilter::new(DEFAULT_FILTER));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second start in one process (tests) keeps the first one's.
    let _ = match crate::config::log_format(source)? {
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(false).try_init(),
        LogFormat::Human => {
            let terminal = std::io::IsTerminal::is_terminal(&std::io::stderr());
            lines.compact().with_ansi(terminal).try_init()
        }
    };
    Ok(())
}

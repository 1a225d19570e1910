//! Every limit that is a number, with the contract's value as default.
//!
//! A limit is a line below: what it bounds, the harm of too little and too much, name, type, variable, default, range.

use super::error::ConfigError;
use super::read::Source;
use std::time::Duration;

macro_rules! limits {
    ($($(#[$doc:meta])* $field:ident: $type:ty = $default:expr, $variable:literal, $range:expr;)*) => {
        /// The limits of this instance.
        #[derive(Debug, Clone)]
        pub struct Limits {
            $($(#[$doc])* pub $field: $type,)*
        }

        impl Default for Limits {
            fn default() -> Self {
                Self { $($field: $default,)* }
            }
        }

        impl Limits {
            /// # Errors
            /// The first limit that is no number or out of range.
            pub fn read(source: &Source) -> Result<Self, ConfigError> {
                Ok(Self { $($field: source.number($variable, $default, $range)?,)* })
            }
        }
    };
}

const KIB: usize = 1024;

limits! {
    /// `LOCKSTEP_BODY_BYTES`: largest body of a request. Too little refuses long descriptions, too much memory per request.
    body_bytes: usize = 256 * KIB, "LOCKSTEP_BODY_BYTES", 1024..=64 * KIB * KIB;
    /// `LOCKSTEP_COMMANDS_BODY_BYTES`: largest body of `/commands`. As above.
    commands_body_bytes: usize = KIB * KIB, "LOCKSTEP_COMMANDS_BODY_BYTES", 1024..=64 * KIB * KIB;
    /// `LOCKSTEP_HEAD_SECONDS`: longest wait for a request's head. Too little cuts off slow lines, too much lets idle
    /// connections pile up.
    head_seconds: u64 = 5, "LOCKSTEP_HEAD_SECONDS", 1..=300;
    /// `LOCKSTEP_BODY_SECONDS`: longest wait for a whole body. As above.
    body_seconds: u64 = 10, "LOCKSTEP_BODY_SECONDS", 1..=300;
    /// `LOCKSTEP_KEEP_ALIVE_SECONDS`: how long an idle HTTP connection stays. Less than the balancer's own makes it use
    /// connections that close under it; too much keeps descriptors.
    keep_alive_seconds: u64 = 75, "LOCKSTEP_KEEP_ALIVE_SECONDS", 1..=3_600;
    /// `LOCKSTEP_DRAIN`: how many seconds everything is still served after SIGTERM while `/health/ready` says 503. Less than
    /// the balancer's check needs to notice makes requests fail in every deploy, too much delays deploys.
    drain_seconds: u64 = 5, "LOCKSTEP_DRAIN", 0..=600;
    /// `LOCKSTEP_CLOSE_SECONDS`: over how long many sockets are then closed. Too little sends them all to the other instances
    /// at once, too much delays deploys.
    close_seconds: u64 = 5, "LOCKSTEP_CLOSE_SECONDS", 0..=600;
    /// `LOCKSTEP_SHUTDOWN_SECONDS`: how long after that running requests and commands may take to end. Too little cuts them
    /// off, too much delays deploys. Whoever kills the process has to wait for the sum of the three.
    shutdown_seconds: u64 = 10, "LOCKSTEP_SHUTDOWN_SECONDS", 0..=600;
    /// `LOCKSTEP_REQUEST_SECONDS`: longest wait of one request for Postgres, all of it together; then 503. Too little fails
    /// in short bursts, too much lets clients hang.
    request_seconds: u64 = 8, "LOCKSTEP_REQUEST_SECONDS", 1..=300;
    /// `LOCKSTEP_ACCESS_TOKEN_SECONDS`: life of an access token. Too little makes clients refresh all the time, too much
    /// lets a stolen one live.
    access_token_seconds: u64 = 15 * 60, "LOCKSTEP_ACCESS_TOKEN_SECONDS", 5..=86_400;
    /// `LOCKSTEP_SESSION_DAYS`: a session ends when nobody refreshed it for so long. Too little asks for the password
    /// often, too much lets a forgotten device stay logged in.
    session_days: i64 = 30, "LOCKSTEP_SESSION_DAYS", 1..=3_650;
    /// `LOCKSTEP_REFRESH_GRACE_SECONDS`: how long a spent refresh token gets its unused successor again. Too little logs
    /// out clients that lost an answer, too much helps a thief.
    refresh_grace_seconds: u64 = 30, "LOCKSTEP_REFRESH_GRACE_SECONDS", 0..=300;
    /// `LOCKSTEP_RESULT_DAYS`: how long a repeated command gets its first answer whole; later a change answers from its
    /// event, and a refusal is judged anew. Too little fails clients that were offline, too much keeps a row per command.
    result_days: i64 = 7, "LOCKSTEP_RESULT_DAYS", 1..=3_650;
    /// `LOCKSTEP_FAILED_LOGINS_PER_MINUTE`: per account and address. Too little locks people out, too much lets passwords
    /// be guessed.
    failed_logins_per_minute: u32 = 10, "LOCKSTEP_FAILED_LOGINS_PER_MINUTE", 1..=10_000;
    /// `LOCKSTEP_PASSWORD_HASHES`: passwords hashed at the same time, 19 MiB and a core each. Too few make logins wait, too
    /// many take memory and time from everything else.
    password_hashes: usize = 2, "LOCKSTEP_PASSWORD_HASHES", 1..=256;
    /// `LOCKSTEP_REDIS_POOL`: connections that caches, their locks and health checks share, one for each call that waits for
    /// Redis. Too few make caches wait, and then do without Redis; too many burden it.
    redis_pool: usize = 8, "LOCKSTEP_REDIS_POOL", 1..=1_000;
    /// `LOCKSTEP_REDIS_MS`: longest wait for Redis in milliseconds before doing without. Too little never uses it, too much
    /// makes requests wait for it.
    redis_ms: u64 = 100, "LOCKSTEP_REDIS_MS", 1..=10_000;
    /// `LOCKSTEP_PROJECT_QUEUE`: commands that may wait for one project on this instance; beyond it 429. Too few refuse short
    /// bursts, too many wait longer than their clients.
    project_queue: usize = 1_000, "LOCKSTEP_PROJECT_QUEUE", 1..=100_000;
    /// `LOCKSTEP_MESSAGE_BYTES`: largest message of a socket's client. Too little refuses batches, too much memory per socket.
    message_bytes: usize = 256 * KIB, "LOCKSTEP_MESSAGE_BYTES", 1024..=64 * KIB * KIB;
    /// `LOCKSTEP_SOCKET_QUEUE_BYTES`: what may wait to be written to one socket; beyond it the client reads on from the log
    /// at its own pace, and is closed (3008) when it takes nothing for 5 s. Too little reads Postgres in every burst, too
    /// much lets slow clients take memory.
    socket_queue_bytes: usize = KIB * KIB, "LOCKSTEP_SOCKET_QUEUE_BYTES", 64 * KIB..=64 * KIB * KIB;
    /// `LOCKSTEP_ACCOUNT_SOCKETS`: sockets and streams of one account on this instance; beyond it error 111 and 429. Too few
    /// lock out programs that share an account, too many let one account take all descriptors.
    account_sockets: usize = 10_000, "LOCKSTEP_ACCOUNT_SOCKETS", 1..=1_000_000;
    /// `LOCKSTEP_SOCKET_SUBSCRIPTIONS`: channels of one socket; beyond it error 106. Too few do not show all of a person's
    /// projects, too many let one socket keep many rooms open.
    socket_subscriptions: usize = 1_000, "LOCKSTEP_SOCKET_SUBSCRIPTIONS", 1..=1_000_000;
    /// `LOCKSTEP_SOCKET_MESSAGES_PER_SECOND`: commands of one socket, ten seconds' worth of them at once; beyond it error 111,
    /// and as many again close it with 3504. Too few refuse clients that come back with many subscriptions, too many let one
    /// client take a thread.
    socket_messages_per_second: u32 = 100, "LOCKSTEP_SOCKET_MESSAGES_PER_SECOND", 1..=1_000_000;
    /// `LOCKSTEP_SOCKET_ASIDES_PER_SECOND`: how often one socket may `publish`, or ask for `presence`, `presence_stats` or
    /// `history`; beyond it error 111. Too few make typing halt, too many let one client fill everybody's line.
    socket_asides_per_second: u32 = 20, "LOCKSTEP_SOCKET_ASIDES_PER_SECOND", 1..=1_000_000;
    /// `LOCKSTEP_RING_BYTES`: recent events a room keeps in memory. Too little reads Postgres for every reconnect, too much
    /// memory per open project.
    ring_bytes: usize = KIB * KIB, "LOCKSTEP_RING_BYTES", 4 * KIB..=256 * KIB * KIB;
    /// `LOCKSTEP_RECOVER_EVENTS`: a client more events behind starts from a snapshot. Too little makes short absences
    /// costly, too much sends more than a snapshot would.
    recover_events: i64 = 5_000, "LOCKSTEP_RECOVER_EVENTS", 1..=1_000_000;
    /// `LOCKSTEP_RECOVER_BYTES`: the same in bytes of events.
    recover_bytes: i64 = 8 * 1024 * 1024, "LOCKSTEP_RECOVER_BYTES", 1024..=1_073_741_824;
    /// `LOCKSTEP_SNAPSHOT_EVENTS`: a snapshot is stored every so many events of a project. Too little stores and computes
    /// much, too much makes reading an old version slow.
    snapshot_events: i64 = 2_000, "LOCKSTEP_SNAPSHOT_EVENTS", 10..=1_000_000;
    /// `LOCKSTEP_SNAPSHOT_CACHE_BYTES`: compressed snapshots kept in this process. Too little fetches them from Redis or
    /// builds them again, too much takes the memory.
    snapshot_cache_bytes: usize = 64 * KIB * KIB, "LOCKSTEP_SNAPSHOT_CACHE_BYTES", 0..=64 * KIB * KIB * KIB;
    /// `LOCKSTEP_SNAPSHOT_MEMORY_BYTES`: a compressed snapshot larger than this is kept in a temporary file (in `TMPDIR`)
    /// and not in Redis. Too little uses the disk, too much lets one project take the memory.
    snapshot_memory_bytes: usize = 32 * KIB * KIB, "LOCKSTEP_SNAPSHOT_MEMORY_BYTES", 0..=KIB * KIB * KIB;
}

impl Limits {
    /// Those that the engine keeps.
    pub fn of_engine(&self) -> engine::settings::Limits {
        engine::settings::Limits {
            request: Duration::from_secs(self.request_seconds),
            result_days: self.result_days,
            redis_pool: self.redis_pool,
            redis: Duration::from_millis(self.redis_ms),
            project_queue: self.project_queue,
            socket_queue_bytes: self.socket_queue_bytes,
            account_sockets: self.account_sockets,
            close: Duration::from_secs(self.close_seconds),
            ring_bytes: self.ring_bytes,
            recover_events: self.recover_events,
            recover_bytes: self.recover_bytes,
            snapshot_events: self.snapshot_events,
            snapshot_cache_bytes: self.snapshot_cache_bytes,
            snapshot_memory_bytes: self.snapshot_memory_bytes,
        }
    }
}

//! Pools of connections, apart so that one kind of work cannot starve another.

use crate::settings::Settings;
use store::pool::{self, Pool, Size};

/// The pools of one instance. Clones share them.
#[derive(Clone)]
pub struct Pools {
    /// Commands and accounts.
    pub write: Pool,
    /// Joins, gap fills, comparing heads.
    pub rooms: Pool,
    /// Everything else that is read.
    pub read: Pool,
    /// Snapshots being built.
    pub snapshot: Pool,
    /// What nobody waits for.
    pub jobs: Pool,
}

impl Pools {
    /// Connects to nothing yet.
    pub fn open(settings: &Settings) -> Pools {
        let acquire_timeout = settings.acquire_timeout;
        let open = |connections| pool::open(&settings.primary, Size { connections, acquire_timeout });
        let sizes = &settings.pools;
        Pools {
            write: open(sizes.write),
            rooms: open(sizes.rooms),
            read: open(sizes.read),
            snapshot: open(sizes.snapshot),
            jobs: open(sizes.jobs),
        }
    }
}

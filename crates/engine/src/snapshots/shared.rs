//! Snapshots in Redis, for all instances: a hash of version, size and compressed bytes.

use super::entry::{Entry, Key};
use super::stored::Stored;
use crate::redis::RedisConnection;
use domain::Version;
use domain::snapshot::FORM;
use redis::{AsyncCommands, Script};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

/// After the last read or write.
const LIFETIME: Duration = Duration::from_secs(120);
/// How long the lock lives after the instance that builds has died.
const LOCK: Duration = Duration::from_secs(5);
/// How often an instance that builds renews the lock.
pub const RENEWAL: Duration = Duration::from_secs(1);

/// Stores unless the same or a newer version is there: a slow writer takes nothing back.
static PUT: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "local there = redis.call('HGET', KEYS[1], 'version') \
         redis.call('PEXPIRE', KEYS[1], ARGV[4]) \
         if there and tonumber(there) >= tonumber(ARGV[1]) then return 0 end \
         redis.call('HSET', KEYS[1], 'version', ARGV[1], 'size', ARGV[2], 'zstd', ARGV[3]) \
         redis.call('PEXPIRE', KEYS[1], ARGV[4]) \
         return 1",
    )
});
/// Keeps the lock if it is still the own one.
static RENEW: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0",
    )
});
/// Frees the lock if it is still the own one.
static UNLOCK: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0",
    )
});

/// The way to the snapshots in Redis.
pub struct Shared {
    quick: RedisConnection,
    /// Large values.
    large: RedisConnection,
}

/// Who builds.
pub enum Turn {
    /// This instance. The token frees the lock.
    Ours(String),
    /// Another instance.
    Theirs,
    /// Redis does not answer, so this instance builds.
    Unknown,
}

impl Shared {
    pub fn new(quick: RedisConnection, large: RedisConnection) -> Shared {
        Shared { quick, large }
    }

    /// The version there is.
    pub async fn version(&self, key: &Key) -> Option<Version> {
        let name = name(key);
        self.quick.call(async |redis| redis.hget::<_, _, Option<Version>>(name, "version").await).await?
    }

    /// The entry, if there is one above `above`.
    pub async fn get(&self, key: &Key, above: Version) -> Option<Entry> {
        if self.version(key).await? <= above {
            return None;
        }
        let name = name(key);
        let read = async |redis: &mut redis::aio::MultiplexedConnection| {
            redis::pipe()
                .hmget(&name, &["version", "size", "zstd"])
                .pexpire(&name, millis(LIFETIME))
                .ignore()
                .query_async::<((Option<Version>, Option<u64>, Option<Vec<u8>>),)>(redis)
                .await
        };
        let ((Some(version), Some(size), Some(zstd)),) = self.large.call(read).await? else { return None };
        // When it was current is not known; whoever asks compares its version with the head.
        let long_ago = Instant::now().checked_sub(LIFETIME)?;
        let entry = Entry::new(key.1.to_string(), version, size, Stored::Memory(zstd.into()), long_ago);
        entry.begins_right().then_some(entry)
    }

    /// Offers an entry; one that is in a file is too large for Redis.
    pub async fn put(&self, key: &Key, entry: &Entry) {
        let Stored::Memory(zstd) = &entry.zstd else { return };
        let name = name(key);
        let put = async |redis: &mut redis::aio::MultiplexedConnection| {
            let mut call = PUT.key(&name);
            call.arg(entry.version).arg(entry.size).arg(&zstd[..]).arg(millis(LIFETIME));
            call.invoke_async::<i64>(redis).await
        };
        self.large.call(put).await;
    }

    /// Tells Redis that the entry was read.
    pub async fn touch(&self, key: &Key) {
        let name = name(key);
        self.quick.call(async |redis| redis.pexpire::<_, bool>(name, millis(LIFETIME)).await).await;
    }

    /// Takes the lock for building, if nobody has it.
    pub async fn lock(&self, key: &Key) -> Turn {
        let (name, token) = (lock_name(key), uuid::Uuid::now_v7().to_string());
        let take = async |redis: &mut redis::aio::MultiplexedConnection| {
            let mut set = redis::cmd("SET");
            set.arg(&name).arg(&token).arg("NX").arg("PX").arg(millis(LOCK));
            set.query_async::<Option<String>>(redis).await
        };
        match self.quick.call(take).await {
            Some(Some(_)) => Turn::Ours(token),
            Some(None) => Turn::Theirs,
            None => Turn::Unknown,
        }
    }

    pub async fn is_locked(&self, key: &Key) -> bool {
        let name = lock_name(key);
        self.quick.call(async |redis| redis.exists::<_, bool>(name).await).await.unwrap_or(false)
    }

    pub async fn renew(&self, key: &Key, token: &str) {
        let name = lock_name(key);
        let keep = async |redis: &mut redis::aio::MultiplexedConnection| {
            RENEW.key(name).arg(token).arg(millis(LOCK)).invoke_async::<i64>(redis).await
        };
        self.quick.call(keep).await;
    }

    pub async fn unlock(&self, key: &Key, token: &str) {
        let name = lock_name(key);
        let free = async |redis: &mut redis::aio::MultiplexedConnection| {
            UNLOCK.key(name).arg(token).invoke_async::<i64>(redis).await
        };
        self.quick.call(free).await;
    }
}

/// The form of the bytes stands in the name, because instances of the version before and after run side by side during a deploy
/// and must not fold each other's.
fn name((project, epoch): &Key) -> String {
    format!("lockstep:v{FORM}:{epoch}:project:{project}:snapshot")
}

fn lock_name(key: &Key) -> String {
    format!("{}:lock", name(key))
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

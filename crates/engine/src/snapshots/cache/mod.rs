//! The read-through cache of snapshots: in process, then in Redis, then from Postgres.
//!
//! An old snapshot is never wrong, only old: it names its version. So nothing here invalidates; an entry is judged by the
//! epoch and the head that its reader has just read together with their membership.

use super::build::{self, NotMade};
use super::entry::{Entry, Key};
use super::shared::{RENEWAL, Shared, Turn};
use super::stored::Stored;
use crate::metrics::CacheMetrics;
use crate::replica::Replica;
use crate::settings::Limits;
use domain::{ProjectId, Version};
use moka::ops::compute::Op;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::heads::Head;
use store::pool::Pool;
use store::projects::Admission;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

/// After the last read or write.
const LIFETIME: Duration = Duration::from_secs(120);
/// Entries folded at the same time: work for the CPU, and memory for the touched tasks.
const FOLDS: usize = 2;
/// Longest making of one entry.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often an instance looks for the entry that another instance builds.
const LOOK: Duration = Duration::from_millis(50);

/// The snapshots that this instance knows.
pub struct Snapshots {
    memory: moka::sync::Cache<Key, Arc<Entry>>,
    /// Makings under way: everybody who needs the same entry waits for the same one. It keeps nothing. [`Self::memory`] cannot
    /// do this, because moka makes only entries that are absent, and its result would replace a newer entry.
    flights: moka::future::Cache<Key, Arc<Entry>>,
    shared: Option<Shared>,
    built_from: BuiltFrom,
    building: Semaphore,
    folding: Semaphore,
    in_memory: usize,
    /// Longest wait for another instance that builds, because it may hang.
    others_patience: Duration,
    runtime: Handle,
    metrics: CacheMetrics,
}

/// Where entries come from.
pub struct BuiltFrom {
    /// Events.
    pub read: Pool,
    /// Whole projects, as far as it is up to date.
    pub replica: Option<Arc<Replica>>,
    /// Whole projects; as many builds run at a time as it has connections.
    pub build: Pool,
    pub builds: u32,
}

impl Snapshots {
    pub fn new(
        built_from: BuiltFrom,
        shared: Option<Shared>,
        limits: &Limits,
        metrics: CacheMetrics,
        runtime: Handle,
    ) -> Snapshots {
        let weigh = |_: &Key, entry: &Arc<Entry>| u32::try_from(entry.weight()).unwrap_or(u32::MAX);
        let memory = moka::sync::Cache::builder()
            .weigher(weigh)
            .max_capacity(limits.snapshot_cache_bytes as u64)
            .eviction_policy(moka::policy::EvictionPolicy::lru())
            .time_to_idle(LIFETIME);
        Snapshots {
            memory: memory.build(),
            flights: moka::future::Cache::new(0),
            shared,
            building: Semaphore::new(built_from.builds as usize),
            built_from,
            folding: Semaphore::new(FOLDS),
            in_memory: limits.snapshot_memory_bytes,
            others_patience: limits.request / 2,
            runtime,
            metrics,
        }
    }

    /// The snapshot for somebody who was just admitted, not older than `least`.
    ///
    /// # Errors
    /// [`NotMade`].
    ///
    /// # Cancel safety
    /// May be dropped; what is being made is made all the same.
    pub async fn get(
        self: &Arc<Self>,
        project: ProjectId,
        admission: &Admission,
        least: Version,
    ) -> Result<Arc<Entry>, NotMade> {
        let asked_at = Instant::now();
        let (key, head) = ((project, admission.epoch.as_str().into()), admission.version);
        if let Some(entry) = self.memory.get(&key).filter(|entry| entry.serves(head, least)) {
            self.metrics.served(if entry.version >= head { "hit" } else { "hit_in_between" });
            if entry.version == head {
                entry.seen_current(asked_at);
            }
            self.touch(&key, &entry);
            return Ok(entry);
        }
        self.metrics.served("miss");
        loop {
            let entry = self.flight(&key, head).await?;
            // An entry of another epoch is of a newer one, so the epoch that was asked for is void.
            if *entry.epoch != *key.1 || entry.serves(head, least) {
                return Ok(entry);
            }
        }
    }

    /// The bytes as gzip, which then count as kept.
    ///
    /// # Errors
    /// Those of reading and writing them.
    pub async fn gzip(&self, project: ProjectId, entry: &Arc<Entry>) -> std::io::Result<Stored> {
        let fresh = entry.gzip_made().is_none();
        let gzip = entry.gzip(self.in_memory).await?.clone();
        if fresh {
            self.keep((project, entry.epoch.as_str().into()), entry.clone());
        }
        Ok(gzip)
    }

    /// The entry that is being made for a key, or else is made now.
    async fn flight(self: &Arc<Self>, key: &Key, head: Version) -> Result<Arc<Entry>, NotMade> {
        let (cache, key) = (self.clone(), key.clone());
        // In a task of its own, because otherwise the making would end when the caller that began it hangs up.
        let flying = self.runtime.spawn(async move {
            let making = cache.make_in_time(key.clone(), head);
            cache.flights.try_get_with(key, making).await
        });
        match flying.await {
            Ok(made) => made.map_err(Arc::unwrap_or_clone),
            Err(error) => Err(NotMade::Defect(error.to_string())),
        }
    }

    /// Makes an entry. A panic becomes an error, because after a panic each caller that waits would try again in turn.
    async fn make_in_time(self: &Arc<Self>, key: Key, head: Version) -> Result<Arc<Entry>, NotMade> {
        let cache = self.clone();
        let making = async move { tokio::time::timeout(PATIENCE, cache.make(&key, head)).await };
        match self.runtime.spawn(making).await {
            Ok(made) => {
                made.unwrap_or_else(|_| Err(NotMade::Unavailable("a snapshot took too long".to_owned())))
            }
            Err(error) => Err(NotMade::Defect(error.to_string())),
        }
    }

    /// The entry at `head` or later, by the cheapest way there is.
    async fn make(self: &Arc<Self>, key: &Key, head: Version) -> Result<Arc<Entry>, NotMade> {
        if let Some(entry) = self.known(key, head).await? {
            return Ok(entry);
        }
        let Some(shared) = &self.shared else { return self.build(key, head).await };
        match shared.lock(key).await {
            Turn::Unknown => self.build(key, head).await,
            Turn::Ours(token) => {
                // Another instance may have built it between the look and the lock.
                if let Some(entry) = self.known(key, head).await? {
                    shared.unlock(key, &token).await;
                    return Ok(entry);
                }
                let renew = async {
                    loop {
                        tokio::time::sleep(RENEWAL).await;
                        shared.renew(key, &token).await;
                    }
                };
                let built = tokio::select! {
                    built = self.build(key, head) => built,
                    never = renew => never,
                };
                // The entry is stored before the lock is freed, because the other instances look for the entry first.
                let (cache, key) = (self.clone(), key.clone());
                let entry = built.as_ref().ok().cloned();
                self.runtime.spawn(async move {
                    let Some(shared) = &cache.shared else { return };
                    if let Some(entry) = entry {
                        shared.put(&key, &entry).await;
                    }
                    shared.unlock(&key, &token).await;
                });
                built
            }
            Turn::Theirs => match self.others(shared, key, head).await? {
                Some(entry) => Ok(entry),
                None => self.build(key, head).await,
            },
        }
    }

    /// What is known already, brought up to `head`. `None`: nothing known can be brought there.
    async fn known(self: &Arc<Self>, key: &Key, head: Version) -> Result<Option<Arc<Entry>>, NotMade> {
        let mut known = self.memory.get(key);
        let version = known.as_ref().map_or(0, |entry| entry.version);
        if version < head
            && let Some(shared) = &self.shared
            && let Some(newer) = shared.get(key, version).await
        {
            self.metrics.made("redis");
            known = Some(self.keep(key.clone(), Arc::new(newer)));
        }
        match known {
            Some(entry) if entry.version >= head => Ok(Some(entry)),
            Some(entry) => self.fold(key, entry, head).await,
            None => Ok(None),
        }
    }

    async fn fold(
        self: &Arc<Self>,
        key: &Key,
        old: Arc<Entry>,
        head: Version,
    ) -> Result<Option<Arc<Entry>>, NotMade> {
        let _turn = self.folding.acquire().await.map_err(closed)?;
        let Some(folded) = build::fold(&self.built_from.read, old, key.0, head, self.in_memory).await? else {
            return Ok(None);
        };
        self.metrics.made("fold");
        let entry = self.keep(key.clone(), Arc::new(folded));
        self.offer(key, &entry);
        Ok(Some(entry))
    }

    async fn build(self: &Arc<Self>, key: &Key, head: Version) -> Result<Arc<Entry>, NotMade> {
        let _turn = self.building.acquire().await.map_err(closed)?;
        let built = match self.built_from_replica(key, head).await {
            Some(built) => built,
            None => build::build(&self.built_from.build, key.0, None, self.in_memory)
                .await?
                .ok_or(NotMade::Gone)?,
        };
        self.metrics.made("build");
        // Kept under the epoch that it was read with, which may be newer than the one that was asked for.
        let entry = self.keep((key.0, built.epoch.as_str().into()), Arc::new(built));
        Ok(entry)
    }

    async fn built_from_replica(&self, key: &Key, head: Version) -> Option<Entry> {
        let replica = self.built_from.replica.as_ref()?;
        let least = Head { project: key.0, epoch: key.1.to_string(), version: head };
        replica
            .build(&least, async |pool| build::build(pool, key.0, Some(&least), self.in_memory).await)
            .await
    }

    /// Waits for the instance that builds while it holds the lock, at most `others_patience`. `None`: no entry came.
    async fn others(
        self: &Arc<Self>,
        shared: &Shared,
        key: &Key,
        head: Version,
    ) -> Result<Option<Arc<Entry>>, NotMade> {
        let until = Instant::now() + self.others_patience;
        while Instant::now() < until {
            tokio::time::sleep(LOOK).await;
            let ended = !shared.is_locked(key).await;
            if shared.version(key).await.is_some() {
                return self.known(key, head).await;
            }
            if ended {
                break;
            }
        }
        Ok(None)
    }

    /// Keeps the newer one of two entries and returns it, so a slow caller takes nothing back.
    fn keep(&self, key: Key, entry: Arc<Entry>) -> Arc<Entry> {
        let mut newest = entry.clone();
        self.memory.entry(key).and_compute_with(|there| match there.map(|there| there.into_value()) {
            Some(there) if there.beats(&entry) => {
                newest = there;
                Op::Nop
            }
            _ => Op::Put(entry.clone()),
        });
        newest
    }

    /// Offers an entry to the other instances, without waiting.
    fn offer(self: &Arc<Self>, key: &Key, entry: &Arc<Entry>) {
        if self.shared.is_none() {
            return;
        }
        let (cache, key, entry) = (self.clone(), key.clone(), entry.clone());
        self.runtime.spawn(async move {
            if let Some(shared) = &cache.shared {
                shared.put(&key, &entry).await;
            }
        });
    }

    /// Renews the lifetime of an entry in Redis, because an entry that is only read here would end there.
    fn touch(self: &Arc<Self>, key: &Key, entry: &Entry) {
        if self.shared.is_some() && entry.is_touch_due() {
            let (cache, key) = (self.clone(), key.clone());
            self.runtime.spawn(async move {
                if let Some(shared) = &cache.shared {
                    shared.touch(&key).await;
                }
            });
        }
    }
}

fn closed(_: tokio::sync::AcquireError) -> NotMade {
    NotMade::Defect("a semaphore was closed".to_owned())
}

#[cfg(test)]
mod tests;

//! Project lists: who is a member of what, kept with the person's feed version, and a summary of each project.
//!
//! Each request reads the person's feed version and the heads of their projects from Postgres; a cached value is used only
//! if it is of these. The cache saves counting tasks.

use crate::announce::{Committed, ListChange, Listener};
use crate::metrics::CacheMetrics;
use crate::redis::RedisConnection;
use domain::{ProjectId, Role, UserId, Version};
use moka::ops::compute::Op;
use redis::Script;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;
use store::heads::Head;
use store::projects::Summary;
use store::sessions::Standing;
use store::{AsyncPgConnection, Result};
use tokio::sync::Notify;
use uuid::Uuid;

const LIFETIME: Duration = Duration::from_secs(300);
/// People and projects that are kept, at most.
const MOST: u64 = 50_000;
/// Summaries of one pipeline to Redis.
const BATCH: usize = 256;

/// Stores unless the same or a newer version is there.
static PUT: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "local there = redis.call('HGET', KEYS[1], 'version') \
         if not there or tonumber(there) < tonumber(ARGV[1]) then \
             redis.call('HSET', KEYS[1], 'version', ARGV[1], 'summary', ARGV[2]) end \
         redis.call('PEXPIRE', KEYS[1], ARGV[3])",
    )
});

/// Of one person.
struct Memberships {
    feed_version: i64,
    projects: Vec<(ProjectId, Role)>,
}

/// The lists that this instance knows.
pub struct ProjectLists {
    people: moka::sync::Cache<UserId, Arc<Memberships>>,
    summaries: moka::sync::Cache<ProjectId, Arc<Summary>>,
    redis: Option<RedisConnection>,
    /// Summaries that Redis has not been told of.
    untold: Mutex<HashMap<ProjectId, Arc<Summary>>>,
    untold_noted: Notify,
    metrics: CacheMetrics,
}

/// A person's projects with their roles and where their logs end, as Postgres has them now.
pub struct Own {
    pub standing: Standing,
    pub roles: HashMap<ProjectId, Role>,
    heads: Vec<Head>,
}

impl ProjectLists {
    pub fn new(redis: Option<RedisConnection>, metrics: CacheMetrics) -> ProjectLists {
        ProjectLists {
            people: moka::sync::Cache::builder().max_capacity(MOST).time_to_live(LIFETIME).build(),
            summaries: moka::sync::Cache::builder().max_capacity(MOST).time_to_idle(LIFETIME).build(),
            redis,
            untold: Mutex::default(),
            untold_noted: Notify::new(),
            metrics,
        }
    }

    /// Judges the session and reads where the person's projects stand.
    ///
    /// # Errors
    /// Those of the queries.
    pub async fn own(&self, conn: &AsyncPgConnection, user: UserId, sid: Uuid) -> Result<Own> {
        let known = self.people.get(&user);
        let ids: Vec<Uuid> =
            known.iter().flat_map(|known| &known.projects).map(|(project, _)| project.0).collect();
        let asked = [(user, sid)];
        let (standings, heads) =
            futures_util::try_join!(store::sessions::standings(conn, &asked), store::heads::of(conn, &ids))?;
        let standing = standings.into_iter().next().ok_or(store::StoreError::NotFound)?;
        if let Some(known) = known.filter(|known| known.feed_version == standing.feed_version) {
            return Ok(Own { standing, roles: known.projects.iter().copied().collect(), heads });
        }
        // Read after the feed version: a membership that changes in between raises it again.
        let projects = store::projects::of_member(conn, user).await?;
        let ids: Vec<Uuid> = projects.iter().map(|(project, _)| project.0).collect();
        let heads = store::heads::of(conn, &ids).await?;
        let roles = projects.iter().copied().collect();
        let feed_version = standing.feed_version;
        self.people.insert(user, Arc::new(Memberships { feed_version, projects }));
        Ok(Own { standing, roles, heads })
    }

    /// The summaries of these projects that are known, and the ids of the others.
    pub async fn known(&self, own: &Own) -> (Vec<Arc<Summary>>, Vec<Uuid>) {
        let (mut known, mut unknown) = (Vec::new(), Vec::new());
        for head in &own.heads {
            match self.summaries.get(&head.project).filter(|summary| is_of(summary, head)) {
                Some(summary) => known.push(summary),
                None => unknown.push(head),
            }
        }
        self.metrics.summaries("memory", known.len());
        let told = self.ask_redis(&unknown).await;
        self.metrics.summaries("redis", told.len());
        unknown.retain(|head| !told.iter().any(|summary| summary.id == head.project));
        known.extend(told.into_iter().map(|summary| self.keep(summary)));
        (known, unknown.into_iter().map(|head| head.project.0).collect())
    }

    /// Keeps what Postgres was asked for.
    pub fn learn(&self, summaries: Vec<Summary>) -> Vec<Arc<Summary>> {
        self.metrics.summaries("postgres", summaries.len());
        let keep = |summary| {
            let summary = self.keep(summary);
            self.tell(&summary);
            summary
        };
        summaries.into_iter().map(keep).collect()
    }

    /// Brings a project's summary up to what was just committed, if it is known at the `previous` version.
    fn advance(&self, previous: Version, change: ListChange) {
        let Some(known) = self.summaries.get(&change.summary.id) else { return };
        let Some(moved) = change.moved else { return };
        if known.version != previous || known.epoch != change.summary.epoch {
            return;
        }
        let mut counts = known.task_counts.clone();
        for (from, to) in moved {
            *counts.entry(to).or_default() += 1;
            if let Some(from) = from {
                *counts.entry(from).or_default() -= 1;
            }
        }
        counts.retain(|_, count| *count != 0);
        let summary = self.keep(Summary { task_counts: counts, ..change.summary });
        self.tell(&summary);
    }

    /// Keeps the newer one. One of another epoch is replaced, because the order of epochs is not known; a reader compares
    /// the epoch.
    fn keep(&self, summary: Summary) -> Arc<Summary> {
        let summary = Arc::new(summary);
        self.summaries.entry(summary.id).and_compute_with(|there| {
            match there.map(|there| there.into_value()) {
                Some(there) if there.epoch == summary.epoch && there.version > summary.version => Op::Nop,
                _ => Op::Put(summary.clone()),
            }
        });
        summary
    }

    fn tell(&self, summary: &Arc<Summary>) {
        if self.redis.is_some() {
            let mut untold = self.untold.lock().unwrap_or_else(PoisonError::into_inner);
            untold.insert(summary.id, summary.clone());
            self.untold_noted.notify_one();
        }
    }

    /// Tells Redis of summaries, the last one of each project. Runs as long as the instance.
    pub async fn run(self: Arc<Self>) {
        let Some(redis) = &self.redis else { return };
        loop {
            self.untold_noted.notified().await;
            let mut untold: Vec<Arc<Summary>> = {
                let mut untold = self.untold.lock().unwrap_or_else(PoisonError::into_inner);
                untold.drain().map(|(_, summary)| summary).collect()
            };
            while !untold.is_empty() {
                let batch = untold.split_off(untold.len().saturating_sub(BATCH));
                redis.call(async |connection| put(connection, &batch).await).await;
            }
        }
    }

    async fn ask_redis(&self, wanted: &[&Head]) -> Vec<Summary> {
        let Some(redis) = self.redis.as_ref().filter(|_| !wanted.is_empty()) else { return Vec::new() };
        let mut pipe = redis::pipe();
        for head in wanted {
            pipe.hget(name(head.project, &head.epoch), "summary");
        }
        let read = async |connection: &mut redis::aio::MultiplexedConnection| {
            pipe.query_async::<Vec<Option<String>>>(connection).await
        };
        let found = redis.call(read).await.unwrap_or_default();
        let summaries = wanted.iter().zip(found).filter_map(|(head, text)| {
            let summary: Summary = serde_json::from_str(&text?).ok()?;
            is_of(&summary, head).then_some(summary)
        });
        summaries.collect()
    }
}

/// Bounded by the projects whose summaries are kept: of each the last one waits for Redis.
impl Listener for ProjectLists {
    fn committed(&self, commit: &Committed<'_>) {
        if !self.summaries.contains_key(&commit.project) {
            return;
        }
        if let Some(change) = (commit.change)() {
            self.advance(commit.before, change);
        }
    }
}

async fn put(
    connection: &mut redis::aio::MultiplexedConnection,
    batch: &[Arc<Summary>],
) -> redis::RedisResult<()> {
    let mut pipe = redis::pipe();
    pipe.load_script(&PUT).ignore();
    for summary in batch {
        let text = serde_json::to_string(&**summary).unwrap_or_default();
        let mut call = PUT.key(name(summary.id, &summary.epoch));
        call.arg(summary.version).arg(text).arg(LIFETIME.as_millis() as u64);
        pipe.invoke_script(&call).ignore();
    }
    pipe.query_async(connection).await
}

fn is_of(summary: &Summary, head: &Head) -> bool {
    summary.id == head.project && summary.epoch == head.epoch && summary.version == head.version
}

fn name(project: ProjectId, epoch: &str) -> String {
    format!("lockstep:v1:{epoch}:project:{project}:summary")
}

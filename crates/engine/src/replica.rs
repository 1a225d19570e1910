//! A read replica of Postgres, for lists of tasks and for building snapshots. It may lag, so it is asked first whether it
//! has the project at the version that the reader needs: by default the head, so that a client reads what it has written.
//! Who may read is always judged on the primary, which also answers when the replica is behind or away.

use crate::breaker::Breaker;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use std::fmt::Debug;
use std::time::Duration;
use store::AsyncPgConnection;
use store::StoreError;
use store::heads::Head;
use store::pool::{self, Pool, Settings, Size};

/// How long it is not asked after a failure.
const PAUSE: Duration = Duration::from_secs(1);
/// Longest wait for one of its connections. The primary can be asked instead.
const ACQUIRE_TIMEOUT: Duration = Duration::from_millis(500);

/// A replica.
pub struct Replica {
    read: Pool,
    /// For snapshots being built.
    build: Pool,
    /// Longest read, and longest look before a build; then the primary is asked.
    patience: Duration,
    breaker: Breaker,
    reads: Family<ReplicaRead, Counter>,
}

/// How a read ended: `served`, `behind`, `failed`, or `skipped` because one had just failed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct ReplicaRead {
    outcome: &'static str,
}

impl Replica {
    /// Connects to nothing yet.
    pub fn new(
        settings: &Settings,
        reads: u32,
        builds: u32,
        patience: Duration,
        outcomes: Family<ReplicaRead, Counter>,
    ) -> Replica {
        let size = |connections| Size { connections, acquire_timeout: ACQUIRE_TIMEOUT };
        Replica {
            read: pool::open(settings, size(reads)),
            build: pool::open(settings, size(builds)),
            patience,
            breaker: Breaker::new(PAUSE),
            reads: outcomes,
        }
    }

    /// What `work` reads there, if the replica has the project at `least`: in this epoch, at this version or later. `work` is told
    /// where the replica is. `None`: the primary has to be asked.
    pub async fn read<T, E: Debug + From<StoreError>>(
        &self,
        least: &Head,
        work: impl AsyncFnOnce(&AsyncPgConnection, &Head) -> Result<T, E>,
    ) -> Option<T> {
        let reading = async {
            let conn = pool::read(&self.read).await?;
            match look(&conn, least).await? {
                Some(head) => work(&conn, &head).await.map(Some),
                None => Ok::<_, E>(None),
            }
        };
        self.attempt(self.in_time(reading)).await
    }

    /// What `work` builds there, if the replica has the project at `least`. That may take long: only the look has to be answered
    /// in time. `None`: it has to be built from the primary.
    pub async fn build<T, E: Debug + From<StoreError>>(
        &self,
        least: &Head,
        work: impl AsyncFnOnce(&Pool) -> Result<Option<T>, E>,
    ) -> Option<T> {
        let looking = async {
            let conn = pool::read(&self.build).await?;
            Ok::<_, E>(look(&conn, least).await?)
        };
        let building = async {
            match self.in_time(looking).await? {
                Some(_) => work(&self.build).await,
                None => Ok(None),
            }
        };
        self.attempt(building).await
    }

    async fn in_time<T, E: From<StoreError>>(
        &self,
        reading: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let late = |_| Err(StoreError::Unavailable("no answer in time".to_owned()).into());
        tokio::time::timeout(self.patience, reading).await.unwrap_or_else(late)
    }

    /// What is read there, unless it is behind (`None`) or fails.
    async fn attempt<T, E: Debug>(&self, reading: impl Future<Output = Result<Option<T>, E>>) -> Option<T> {
        if !self.breaker.may_try() {
            self.count("skipped");
            return None;
        }
        match reading.await {
            Ok(found) => {
                if self.breaker.restored() {
                    tracing::info!("the read replica is used again");
                }
                self.count(if found.is_some() { "served" } else { "behind" });
                found
            }
            Err(cause) => {
                self.count("failed");
                if self.breaker.broke() {
                    tracing::warn!(?cause, "the read replica is not used: asking the primary");
                }
                None
            }
        }
    }

    fn count(&self, outcome: &'static str) {
        self.reads.get_or_create(&ReplicaRead { outcome }).inc();
    }
}

/// Where the replica is, unless it is behind.
async fn look(conn: &AsyncPgConnection, least: &Head) -> Result<Option<Head>, StoreError> {
    let head = store::heads::of(conn, &[least.project.0]).await?.pop();
    Ok(head.filter(|head| head.is_at_least(least)))
}

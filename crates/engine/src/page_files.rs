//! The files of the page, of every build that ran lately: a page is loaded from several instances, and during an update they are
//! of different builds.

use crate::error::ReadError;
use crate::work::Work;
use std::sync::Arc;
use std::time::Duration;
use store::page_files;
use store::{Pool, StoreError};
use tokio::sync::Semaphore;

pub use store::page_files::PageFile;

/// Files that are read at once, because anybody may ask for paths that nobody has.
const READ_AT_ONCE: usize = 2;
/// Days after the last instance of a build for which its files are kept. A page that is open has fetched all of its own before.
const KEPT_DAYS: i32 = 7;
const HOUR: Duration = Duration::from_secs(3_600);
const SOON: Duration = Duration::from_secs(5);

/// Where the files of all builds are.
pub struct PageFiles {
    jobs: Pool,
    read: Pool,
    permits: Arc<Semaphore>,
    work: Work,
}

impl PageFiles {
    pub(crate) fn open(jobs: Pool, read: Pool, work: Work) -> PageFiles {
        PageFiles { jobs, read, permits: Arc::new(Semaphore::new(READ_AT_ONCE)), work }
    }

    /// Says that these are the files of a build that runs now, in the order of their paths, and deletes those whose time is over.
    ///
    /// # Errors
    /// Those of Postgres.
    pub async fn have(&self, files: &[PageFile]) -> Result<(), StoreError> {
        let mut conn = store::pool::get(&self.jobs).await?;
        conn.transaction(async |conn| {
            page_files::have(conn, files).await?;
            page_files::sweep(conn, KEPT_DAYS).await
        })
        .await?;
        Ok(())
    }

    /// Says so now, and once an hour for as long as the instance runs.
    pub async fn keep(&self, files: &[PageFile]) {
        loop {
            let again = match self.have(files).await {
                Ok(()) => HOUR,
                Err(error) => {
                    tracing::warn!(%error, "the page's files could not be shared with the other instances");
                    SOON
                }
            };
            tokio::time::sleep(again).await;
        }
    }

    /// The file that a build has at this path.
    ///
    /// # Errors
    /// [`ReadError`].
    pub async fn find(&self, path: String) -> Result<Option<PageFile>, ReadError> {
        let (pool, permits) = (self.read.clone(), self.permits.clone());
        let find = async move {
            let _permit = permits.acquire().await.map_err(|closed| ReadError::Defect(closed.to_string()))?;
            let conn = store::pool::read(&pool).await?;
            Ok(page_files::find(&conn, &path).await?)
        };
        self.work.run(find).await
    }
}

//! What is kept to answer sooner: snapshots and project lists, in process and in Redis. Nothing here decides who may see
//! something, and nothing depends on it: without Redis, or with all of it lost, the answers are the same and come later.

mod build;
mod entry;
mod line;
mod lists;
mod metrics;
mod shared;
mod snapshots;
mod stored;

pub use build::{NotMade, digest};
pub use entry::Entry;
pub use line::Line;
pub use lists::{Change, Lists};
pub use metrics::CacheMetrics;
pub use shared::Shared;
pub use snapshots::{Snapshots, Sources};
pub use stored::Stored;

use domain::ProjectId;
use std::sync::Arc;

/// A project in one incarnation of its log.
type Key = (ProjectId, Arc<str>);

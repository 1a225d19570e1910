//! Snapshots, the project list and events as they are cached and served, and the metrics that show it.

mod encodings;
mod forms;
mod lists;
mod metrics;
mod replica;
mod snapshots;
mod support;
mod without_redis;

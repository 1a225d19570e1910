//! The rules of Lockstep, pure: commands, events, the fold that makes a snapshot of them, roles, workflow and order.
//!
//! Nothing here knows of a database, a socket or a clock; what a rule needs to know is handed to it as [`facts::Facts`].
//! A command and its event stand in one file, with everything that [`rules`] asks of them, beside the thing that they change.
//! [`table`] has all of them.

#![warn(missing_docs)]

pub mod access;
pub mod activity;
pub mod before;
mod canonical;
pub mod command;
pub mod comment;
pub mod dependency;
pub mod diff;
pub mod digest;
pub mod event;
pub mod facts;
pub mod field;
mod graph;
pub mod ids;
pub mod json;
pub mod label;
pub mod member;
pub mod notice;
pub mod order;
pub mod project;
pub mod rank;
pub mod rejection;
pub mod rules;
pub mod snapshot;
pub mod snapshot_lines;
mod spread;
pub mod state;
pub mod table;
pub mod task;
#[cfg(test)]
mod tests;
pub mod text;
pub mod time;
pub mod undo;
pub mod words;
pub mod workflow;

pub use access::Role;
pub use ids::{CommandId, CommentId, FilterId, ProjectId, TaskId, UserId, Version};
pub use rejection::Rejection;

//! What the rules of a project say over HTTP.

mod batches;
mod comments;
mod following;
mod graph;
mod history;
mod lists;
mod members;
mod projects;
mod reads;
mod tasks;

//! What can be asked: a type for each question. Membership is judged in Postgres, together with what is read.

mod colleagues;
mod events;
mod installation;
mod past;
mod projects;
mod snapshot;
mod stretch;
mod tasks;

pub use crate::question::{Question, Sources};
pub use colleagues::{Colleagues, ColleaguesPage, ColleaguesPageEnd};
pub use events::{EventsAfter, FeedOfReader, FirstEvents, NextEvents};
pub use installation::AnyAccount;
pub use past::{ActivityBelow, Compared, Comparison, OldProject, WhatHappened};
pub use projects::{OneProject, OwnAccount, OwnProjects, ProjectMembers, ProjectPeople, ShownProject};
pub use snapshot::{Digest, Encoding, ServedSnapshot, WholeProject};
pub use store::colleagues::Colleague;
pub use store::events::Logged;
pub use store::members::Person;
pub use store::projects::Summary;
pub use stretch::LogStretch;
pub use tasks::{CommentsOfTask, NamedTask, OneTask, ShownTask, TaskOfComment, WatchersOfTask};

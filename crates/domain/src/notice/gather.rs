//! What one transaction tells people, gathered for each of them.

use super::{Cause, Told};
use crate::Version;
use crate::ids::{CommentId, ProjectId, TaskId, UserId};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// A transaction that tells one person of so many tasks makes one notice of the whole project.
pub const MANY_TASKS: usize = 20;

/// What one transaction tells one person about one task, or about the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The person.
    pub user: UserId,
    /// The greatest of the causes.
    pub cause: Cause,
    /// The task; none: the project as a whole.
    pub task: Option<TaskId>,
    /// How many events it tells of.
    pub count: i64,
    /// The last event with this cause.
    pub version: Version,
    /// Who made that event.
    pub actor: UserId,
    /// The comment that it made or changed.
    pub comment: Option<CommentId>,
}

impl Notice {
    /// The id of what it is about: the task, or the project.
    pub fn about(&self, project: ProjectId) -> Uuid {
        self.task.map_or(project.0, |task| task.0)
    }
}

/// What the events of one transaction tell people, in the order of versions.
#[derive(Debug, Clone, Default)]
pub struct Gathering(BTreeMap<UserId, BTreeMap<Option<TaskId>, Vec<Tale>>>);

/// One telling, without whom it is for.
#[derive(Debug, Clone)]
struct Tale {
    cause: Cause,
    version: Version,
    actor: UserId,
    comment: Option<CommentId>,
}

impl Gathering {
    /// Adds what an event tells. Of a project that they had to leave, people are told nothing else.
    pub fn add(&mut self, version: Version, actor: UserId, told: &[Told]) {
        for Told { user, cause, task, comment } in told {
            let own = self.0.entry(*user).or_default();
            if *cause == Cause::Removed {
                own.clear();
            }
            let tale = Tale { cause: *cause, version, actor, comment: *comment };
            own.entry(*task).or_default().push(tale);
        }
    }

    /// One notice for each person and task, or for each person if there are many tasks; the latest last.
    pub fn notices(self) -> Vec<Notice> {
        let mut notices = Vec::new();
        for (user, own) in self.0 {
            let tasks = own.keys().filter(|task| task.is_some()).count();
            match tasks >= MANY_TASKS {
                true => notices.extend(notice(user, None, own.into_values().flatten().collect())),
                false => {
                    notices.extend(own.into_iter().filter_map(|(task, tales)| notice(user, task, tales)));
                }
            }
        }
        notices.sort_by_key(|notice: &Notice| notice.version);
        notices
    }
}

fn notice(user: UserId, task: Option<TaskId>, tales: Vec<Tale>) -> Option<Notice> {
    let versions: BTreeSet<Version> = tales.iter().map(|tale| tale.version).collect();
    let Tale { cause, version, actor, comment } =
        tales.into_iter().max_by_key(|tale| (tale.cause, tale.version))?;
    let count = i64::try_from(versions.len()).unwrap_or(i64::MAX);
    let comment = comment.filter(|_| task.is_some());
    Some(Notice { user, cause, task, count, version, actor, comment })
}

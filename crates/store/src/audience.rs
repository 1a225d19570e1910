//! Whom news may concern: who follows the touched tasks, who waits for them, and whose comments are answered. Read with the
//! facts, so that telling people takes no round trip of its own.

use crate::watchers::Watcher;
use crate::{AsyncPgConnection, Result, dependencies, mutes, watchers};
use domain::facts::{Facts, Touched, Waiting};
use domain::{CommentId, ProjectId, TaskId};
use futures_util::try_join;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Most tasks that wait for those that one transaction finishes and whose assignees are told.
const MOST_WAITING: i64 = 1_000;

/// The people whom news may concern.
#[derive(Debug)]
pub(crate) struct Audience {
    watchers: Vec<Watcher>,
    waiting: Vec<(TaskId, Waiting)>,
    heard: Vec<CommentId>,
}

/// Reads those of what commands touch.
pub(crate) async fn read(
    conn: &AsyncPgConnection,
    project: ProjectId,
    touched: &Touched,
    comments: &[Uuid],
) -> Result<Audience> {
    let (watched, gated) = (ids(&touched.watched), ids(&touched.gated));
    let (watchers, waiting, heard) = try_join!(
        watchers::of_tasks(conn, project, &watched),
        dependencies::waiting_for(conn, project, &gated, MOST_WAITING),
        mutes::heard(conn, project, comments),
    )?;
    Ok(Audience { watchers, waiting, heard })
}

fn ids(tasks: &BTreeSet<TaskId>) -> Vec<Uuid> {
    tasks.iter().map(|id| id.0).collect()
}

impl Audience {
    /// Adds who follows the tasks that leave the board with another, or come back with it. That takes one flight more, and
    /// only where there are such tasks.
    pub(crate) async fn add_below(
        &mut self,
        conn: &AsyncPgConnection,
        project: ProjectId,
        touched: &Touched,
        family: impl Iterator<Item = TaskId>,
    ) -> Result<()> {
        let below: BTreeSet<TaskId> = family.filter(|id| !touched.watched.contains(id)).collect();
        self.watchers.extend(watchers::of_tasks(conn, project, &ids(&below)).await?);
        Ok(())
    }

    /// Tells the facts.
    pub(crate) fn note(self, facts: &mut Facts) {
        for Watcher { task, user, muted } in self.watchers {
            facts.watchers.insert((task, user));
            if muted {
                facts.muted.insert((task, user));
            }
        }
        for (on, waiting) in self.waiting {
            facts.waiting.entry(on).or_default().push(waiting);
        }
        facts.heard.extend(self.heard);
    }
}

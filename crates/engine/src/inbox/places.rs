//! Names for what personal rows point at, as the person may see them now.

use crate::caller::Caller;
use crate::error::ReadError;
use crate::lists::ProjectName;
use domain::task::TaskRef;
use domain::{ProjectId, TaskId, UserId};
use std::collections::HashMap;
use store::AsyncPgConnection;
use uuid::Uuid;

/// What a row points at. There is none for a project that the person has left or that is in the bin.
#[derive(Debug, Clone)]
pub struct Place {
    /// The project.
    pub project: ProjectName,
    /// The task, if the row is about one.
    pub task: Option<PlacedTask>,
}

/// A task as a row of a list shows it.
#[derive(Debug, Clone)]
pub struct PlacedTask {
    /// The task.
    pub task: TaskRef,
    /// It is in the bin.
    pub deleted: bool,
}

/// Those of these projects that the caller's credential reaches; asked for none: all that it reaches. `None`: all there are.
pub fn within(caller: &Caller, asked: &[ProjectId]) -> Option<Vec<Uuid>> {
    match asked.is_empty() {
        true => caller.only_ids(),
        false => {
            Some(asked.iter().filter(|project| caller.reaches(**project)).map(|project| project.0).collect())
        }
    }
}

/// The places of one page.
pub struct Places {
    projects: HashMap<ProjectId, ProjectName>,
    tasks: HashMap<(ProjectId, TaskId), PlacedTask>,
}

impl Places {
    /// Reads them in one flight.
    ///
    /// # Errors
    /// Those of the queries.
    pub async fn read(
        conn: &AsyncPgConnection,
        user: UserId,
        wanted: &[(ProjectId, Option<TaskId>)],
    ) -> Result<Places, ReadError> {
        let mut projects: Vec<Uuid> = wanted.iter().map(|(project, _)| project.0).collect();
        projects.sort_unstable();
        projects.dedup();
        let tasks: Vec<(ProjectId, TaskId)> =
            wanted.iter().filter_map(|(project, task)| Some((*project, (*task)?))).collect();
        let (projects, tasks) = futures_util::try_join!(
            store::lists::own_project_names(conn, user, &projects),
            store::tasks::refs(conn, &tasks),
        )?;
        let named = |(id, key, name)| (ProjectId(id), ProjectName { id, key, name });
        let placed = |(project, task, deleted): (ProjectId, TaskRef, bool)| {
            ((project, task.id), PlacedTask { task, deleted })
        };
        Ok(Places {
            projects: projects.into_iter().map(named).collect(),
            tasks: tasks.into_iter().map(placed).collect(),
        })
    }

    /// What a row points at, if the person may see it.
    pub fn of(&self, project: ProjectId, task: Option<TaskId>) -> Option<Place> {
        let named = self.projects.get(&project)?.clone();
        let task = task.and_then(|task| self.tasks.get(&(project, task)).cloned());
        Some(Place { project: named, task })
    }
}

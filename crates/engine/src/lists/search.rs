//! A search through all own projects, those that are neither archived nor in the bin.

use super::matched::{self, Matched, Matches};
use crate::caller::Caller;
use crate::error::ReadError;
use crate::question::{Question, Sources};
use domain::task::Task;
use domain::{ProjectId, TaskId};
use std::collections::{BTreeMap, HashMap};
use store::AsyncPgConnection;
use store::search;
use uuid::Uuid;

/// A page of what a search finds, the best first.
pub struct SearchEverywhere {
    /// Who asks.
    pub caller: Caller,
    /// What to search for, as it was typed.
    pub q: String,
    /// Where the page before ended.
    pub after: Option<SearchPageEnd>,
    /// At most so many hits.
    pub limit: usize,
}

/// Where a page ended: a score, and the task that had it.
pub type SearchPageEnd = (f32, TaskId);

/// What was found, and where the next page begins.
#[derive(Default)]
pub struct SearchPage {
    /// The best first.
    pub hits: Vec<FoundTask>,
    /// `None`: this is the last page.
    pub next: Option<SearchPageEnd>,
}

/// A task that was found.
pub struct FoundTask {
    /// The task's project.
    pub project: ProjectName,
    /// The task.
    pub task: Task,
    /// Where the words stand in it.
    pub matched: Matched,
}

/// What lists across projects show of one.
#[derive(Debug, Clone)]
pub struct ProjectName {
    /// The project's id.
    pub id: Uuid,
    /// Its key, which begins the names of its tasks.
    pub key: String,
    /// Its name.
    pub name: String,
}

impl Question for SearchEverywhere {
    type Answer = SearchPage;

    async fn answer(self, from: &Sources) -> Result<SearchPage, ReadError> {
        let SearchEverywhere { caller, q, after, limit } = self;
        let conn = from.conn().await?;
        let (alive, words) = futures_util::try_join!(
            store::sessions::alive(&conn, caller.user, caller.sid),
            search::words(&conn, &q)
        )?;
        if !alive {
            return Err(ReadError::SessionEnded);
        }
        let Some(query) = search::all_of(&words) else { return Ok(SearchPage::default()) };
        let mut hits = search::everywhere(&conn, caller.user, caller.only_ids().as_deref(), &query).await?;
        hits.retain(|hit| after.is_none_or(|(score, task)| matched::is_after(hit, score, task)));
        let more = hits.len() > limit;
        hits.truncate(limit);
        let next = hits.last().filter(|_| more).map(|hit| (hit.score, hit.task));
        Ok(SearchPage { hits: shown(&conn, &hits, &words).await?, next })
    }
}

async fn shown(
    conn: &AsyncPgConnection,
    hits: &[search::Hit],
    words: &[String],
) -> Result<Vec<FoundTask>, ReadError> {
    let task_ids: Vec<_> = hits.iter().map(|hit| (hit.project, hit.task)).collect();
    let (tasks, projects) = futures_util::try_join!(tasks(conn, &task_ids), projects(conn, &task_ids))?;
    let matches = Matches::read(conn, &hits.iter().collect::<Vec<_>>(), words).await?;
    let shown = |hit: &search::Hit| {
        let task = tasks.get(&(hit.project, hit.task))?;
        let project = projects.get(&hit.project)?.clone();
        Some(FoundTask { project, task: task.clone(), matched: matches.matched(task, hit) })
    };
    Ok(hits.iter().filter_map(shown).collect())
}

pub type FullTaskId = (ProjectId, TaskId);

/// Tasks of several projects.
pub async fn tasks(
    conn: &AsyncPgConnection,
    task_ids: &[FullTaskId],
) -> Result<HashMap<FullTaskId, Task>, ReadError> {
    let mut by_project: BTreeMap<ProjectId, Vec<Uuid>> = BTreeMap::new();
    for (project, task) in task_ids {
        by_project.entry(*project).or_default().push(task.0);
    }
    let read = by_project.iter().map(async |(project, ids)| {
        let stored = store::tasks::by_ids(conn, *project, ids).await?;
        Ok::<_, ReadError>(
            stored.into_iter().map(|stored| ((*project, stored.task.id), stored.task)).collect::<Vec<_>>(),
        )
    });
    Ok(futures_util::future::try_join_all(read).await?.into_iter().flatten().collect())
}

/// The names of their projects.
pub async fn projects(
    conn: &AsyncPgConnection,
    task_ids: &[FullTaskId],
) -> Result<HashMap<ProjectId, ProjectName>, ReadError> {
    let mut ids: Vec<Uuid> = task_ids.iter().map(|(project, _)| project.0).collect();
    ids.sort();
    ids.dedup();
    let names = store::lists::project_names(conn, &ids).await?;
    Ok(names.into_iter().map(|(id, key, name)| (ProjectId(id), ProjectName { id, key, name })).collect())
}

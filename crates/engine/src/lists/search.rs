//! A search through all own projects, those that are neither archived nor in the bin.

use super::asking::Asking;
use super::matched::{self, Matched, Matches};
use super::names::{all_known, people_of};
use super::tasks::Ranked;
use crate::caller::Caller;
use crate::error::ReadError;
use crate::question::{Question, Sources};
use domain::task::Task;
use domain::{ProjectId, TaskId, words};
use std::collections::{BTreeMap, HashMap};
use store::AsyncPgConnection;
use store::find;
use store::found::{Hit, Standing};
use store::lists::Filter;
use store::search;
use uuid::Uuid;

/// A page of what a search finds, the best first.
pub struct SearchEverywhere {
    /// Who asks.
    pub caller: Caller,
    /// What to search for, as it was typed.
    pub q: String,
    /// Which tasks. It names nothing of a single project.
    pub filter: Filter,
    /// Where the page before ended.
    pub after: Option<SearchPageEnd>,
    /// At most so many hits.
    pub limit: usize,
}

/// Where a page ended: how well the last task answers, and which it was.
pub type SearchPageEnd = (Standing, TaskId);

/// What was found, and where the next page begins.
#[derive(Default)]
pub struct SearchPage {
    /// The best first.
    pub hits: Vec<FoundTask>,
    /// `None`: this is the last page.
    pub next: Option<SearchPageEnd>,
    /// How many were ranked, of all projects.
    pub ranked: Ranked,
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
        let SearchEverywhere { caller, q, filter, after, limit } = self;
        let conn = from.conn().await?;
        if !store::sessions::alive(&conn, caller.user, caller.sid).await? {
            return Err(ReadError::SessionEnded);
        }
        let question = words::Question::parse(&q);
        let (mut hits, ranked) = everywhere(&conn, &caller, &q, &question, &filter).await?;
        hits.retain(|hit| after.is_none_or(|(standing, task)| matched::is_after(hit, &standing, task)));
        let more = hits.len() > limit;
        hits.truncate(limit);
        let next = hits.last().filter(|_| more).map(|hit| (hit.standing, hit.task));
        Ok(SearchPage { hits: shown(&conn, &hits, &question).await?, next, ranked })
    }
}

/// All that is ranked in the projects of a person, the best first.
async fn everywhere(
    conn: &AsyncPgConnection,
    caller: &Caller,
    q: &str,
    question: &words::Question,
    filter: &Filter,
) -> Result<(Vec<Hit>, Ranked), ReadError> {
    let projects = find::own_projects(conn, caller.user, caller.only_ids().as_deref()).await?;
    let ids: Vec<ProjectId> = projects.iter().map(|(project, _)| *project).collect();
    all_known(conn, &ids, caller.user, &people_of(filter)).await?;
    let searched = projects.iter().filter(|(_, is_searched)| *is_searched);
    let all = futures_util::future::try_join_all(searched.map(async |(project, _)| {
        match Asking::read(conn, *project, question).await? {
            Some(asking) => asking.best(conn, &of_project(conn, *project, filter).await?).await,
            None => Ok((Vec::new(), false)),
        }
    }));
    let mut hits = Vec::new();
    let mut of_more = false;
    for (of_project, more) in all.await? {
        hits.extend(of_project);
        of_more |= more;
    }
    let older: Vec<ProjectId> =
        projects.iter().filter(|(_, is_searched)| !is_searched).map(|(project, _)| *project).collect();
    hits.extend(in_older(conn, caller, q, filter, &older).await?);
    hits.sort_by(Hit::order);
    let ranked = Ranked { tasks: hits.len(), of_more };
    Ok((hits, ranked))
}

/// The filter with what has to be known of the project.
async fn of_project(
    conn: &AsyncPgConnection,
    project: ProjectId,
    filter: &Filter,
) -> Result<Filter, ReadError> {
    let mut filter = filter.clone();
    if let Some(since) = filter.updated_since {
        filter.returned = store::history::returned_since(conn, project, since).await?;
    }
    Ok(filter)
}

/// What is found in projects whose older texts are not analysed yet.
async fn in_older(
    conn: &AsyncPgConnection,
    caller: &Caller,
    q: &str,
    filter: &Filter,
    projects: &[ProjectId],
) -> Result<Vec<Hit>, ReadError> {
    if projects.is_empty() {
        return Ok(Vec::new());
    }
    let words = search::words(conn, q).await?;
    let Some(query) = search::all_of(&words) else { return Ok(Vec::new()) };
    let ids: Vec<Uuid> = projects.iter().map(|project| project.0).collect();
    let mut hits = search::everywhere(conn, caller.user, Some(&ids), &query).await?;
    for project in projects {
        let among = hits.iter().filter(|hit| hit.project == *project).map(|hit| hit.task.0).collect();
        let filter = Filter { among: Some(among), ..of_project(conn, *project, filter).await? };
        let passing = store::lists::passing(conn, *project, &filter).await?;
        hits.retain(|hit| hit.project != *project || passing.contains(&hit.task.0));
    }
    Ok(hits)
}

async fn shown(
    conn: &AsyncPgConnection,
    hits: &[Hit],
    question: &words::Question,
) -> Result<Vec<FoundTask>, ReadError> {
    let task_ids: Vec<_> = hits.iter().map(|hit| (hit.project, hit.task)).collect();
    let (tasks, projects) = futures_util::try_join!(tasks(conn, &task_ids), projects(conn, &task_ids))?;
    let matches = Matches::read(conn, &hits.iter().collect::<Vec<_>>(), question).await?;
    let shown = |hit: &Hit| {
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

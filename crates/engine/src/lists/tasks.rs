//! The tasks of a project, filtered, ordered or ranked, page by page.

use super::asking::{Asking, statuses};
use super::fields::AskedField;
use super::known;
use super::matched::{self, Matched, Matches};
use super::page_end::{SortValue, TaskPageEnd, at, key};
use crate::caller::Caller;
use crate::error::ReadError;
use crate::question::{self, Sources, admitted};
use domain::task::Task;
use domain::words::Question;
use domain::workflow::Category;
use domain::{ProjectId, TaskId, Version};
use std::collections::{HashMap, HashSet};
use store::AsyncPgConnection;
use store::found::Hit;
use store::heads::Head;
use store::lists::{Filter, Order, Page, Place};
use store::projects::Admission;
use store::search;
use store::tasks::Leaving;
use store::words;

/// A page of a project's tasks.
#[derive(Clone)]
pub struct TaskList {
    /// Who asks.
    pub caller: Caller,
    /// Whose tasks.
    pub project: ProjectId,
    /// Which tasks.
    pub filter: Filter,
    /// What is asked of custom fields.
    pub fields: Vec<AskedField>,
    /// Words to search for.
    pub q: Option<String>,
    /// None with `q`: the best first.
    pub order: Option<Order>,
    /// From the last to the first.
    pub descending: bool,
    /// Where the page before ended.
    pub after: Option<TaskPageEnd>,
    /// At most so many tasks.
    pub limit: usize,
    /// None: as new as the question. An older one may come from the replica.
    pub min_version: Option<Version>,
}

/// Tasks of a project as of a version, and where the next page begins.
pub struct TaskPage {
    /// The project's version that was read.
    pub version: Version,
    /// In the order that was asked for.
    pub tasks: Vec<ListedTask>,
    /// `None`: this is the last page.
    pub next: Option<TaskPageEnd>,
    /// With a search whose best come first, how many were ranked.
    pub ranked: Option<Ranked>,
}

/// How many tasks a search ranked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ranked {
    /// So many.
    pub tasks: usize,
    /// There are more, which were not ranked and are not in the list.
    pub of_more: bool,
}

/// A task of a page.
pub struct ListedTask {
    /// The task.
    pub task: Task,
    /// With a search, where its words stand.
    pub matched: Option<Matched>,
    /// When it left the board, and by whose doing.
    pub left: Option<Leaving>,
}

impl question::Question for TaskList {
    type Answer = TaskPage;

    async fn answer(mut self, from: &Sources) -> Result<TaskPage, ReadError> {
        let project = self.project;
        let conn = from.conn().await?;
        let Admission { epoch, version, .. } = admitted(&conn, &self.caller, project).await?;
        let least = self.min_version.unwrap_or(version);
        if version < least {
            return Err(ReadError::Resync { epoch, head: version });
        }
        let me = self.caller.user;
        self.filter.fields = known::known(&conn, project, me, &self.filter, &self.fields).await?;
        let Some(replica) = &from.replica else { return page_of(&conn, self, version).await };
        drop(conn);
        let least = Head { project, epoch, version: least };
        let there =
            async |conn: &AsyncPgConnection, head: &Head| page_of(conn, self.clone(), head.version).await;
        match replica.read(&least, there).await {
            Some(page) => Ok(page),
            None => page_of(&*from.conn().await?, self, version).await,
        }
    }
}

async fn page_of(
    conn: &AsyncPgConnection,
    mut asked: TaskList,
    version: Version,
) -> Result<TaskPage, ReadError> {
    if asked.filter.blocked.is_some() || asked.filter.ready.is_some() {
        let current = store::projects::read(conn, asked.project).await?.ok_or(ReadError::NotFound)?;
        let workflow = &current.project.workflow;
        asked.filter.closed = statuses(workflow, &[Category::Done, Category::Cancelled]);
        asked.filter.unbegun = statuses(workflow, &[Category::Backlog, Category::Open]);
    }
    if let Some(since) = asked.filter.updated_since {
        asked.filter.returned = store::history::returned_since(conn, asked.project, since).await?;
    }
    let question = asked.q.as_deref().map(Question::parse);
    let Listed { mut tasks, mut hits, asking, ranked } = match &question {
        None => Listed::without_hits(ordered(conn, &asked, &asked.filter, Order::Rank).await?),
        Some(question) if words::fill::is_searched(conn, asked.project).await? => {
            found(conn, &mut asked, question).await?
        }
        Some(_) => found_in_older(conn, &asked).await?,
    };
    let more = tasks.len() > asked.limit;
    tasks.truncate(asked.limit);
    if let (Some(asking), true) = (asking, hits.is_empty()) {
        let ids: Vec<_> = tasks.iter().map(|task| task.id.0).collect();
        hits = asking.hits(conn, &ids).await?;
    }
    let by_task: HashMap<TaskId, &Hit> = hits.iter().map(|hit| (hit.task, hit)).collect();
    let place = |task: &Task| match asked.order {
        Some(order) => Some(at(order.key(task))),
        None => by_task.get(&task.id).map(|hit| SortValue::Score(hit.standing)),
    };
    let next = tasks.last().filter(|_| more);
    let next = next.and_then(|task| Some(TaskPageEnd { at: place(task)?, id: task.id }));
    let of_page: Vec<&Hit> = tasks.iter().filter_map(|task| by_task.get(&task.id).copied()).collect();
    let question = question.unwrap_or_default();
    let matches = Matches::read(conn, &of_page, &question).await?;
    let leavings = leavings(conn, &asked, &tasks).await?;
    let listed = |task: Task| {
        let matched = by_task.get(&task.id).map(|hit| matches.matched(&task, hit));
        let left = leavings.get(&task.id).copied();
        ListedTask { task, matched, left }
    };
    Ok(TaskPage { version, tasks: tasks.into_iter().map(listed).collect(), next, ranked })
}

/// One task more than a page has, with what is known of where they have the words.
struct Listed {
    tasks: Vec<Task>,
    hits: Vec<Hit>,
    /// Where the hits are still to be read, of the page alone.
    asking: Option<Asking>,
    ranked: Option<Ranked>,
}

impl Listed {
    fn without_hits(tasks: Vec<Task>) -> Listed {
        Listed { tasks, hits: Vec::new(), asking: None, ranked: None }
    }
}

/// What has the words: first the filters, then the order, then the page.
async fn found(
    conn: &AsyncPgConnection,
    asked: &mut TaskList,
    question: &Question,
) -> Result<Listed, ReadError> {
    let Some(asking) = Asking::read(conn, asked.project, question).await? else {
        return Ok(Listed::without_hits(Vec::new()));
    };
    let Some(order) = asked.order else {
        let (hits, of_more) = asking.best(conn, &asked.filter).await?;
        let ranked = Some(Ranked { tasks: hits.len(), of_more });
        let tasks = page_of_hits(conn, asked, &hits).await?;
        return Ok(Listed { tasks, hits, asking: None, ranked });
    };
    asked.filter.asked = Some(asking.asked.clone());
    let tasks = ordered(conn, asked, &asked.filter, order).await?;
    Ok(Listed { tasks, hits: Vec::new(), asking: Some(asking), ranked: None })
}

/// The same in a project whose older texts are not analysed yet.
async fn found_in_older(conn: &AsyncPgConnection, asked: &TaskList) -> Result<Listed, ReadError> {
    let words = search::words(conn, asked.q.as_deref().unwrap_or_default()).await?;
    let Some(query) = search::all_of(&words) else { return Ok(Listed::without_hits(Vec::new())) };
    let mut hits =
        search::in_project(conn, asked.project, &query, asked.filter.place != Place::Board).await?;
    let among = Some(hits.iter().map(|hit| hit.task.0).collect());
    let filter = Filter { among, ..asked.filter.clone() };
    let tasks = match asked.order {
        Some(order) => ordered(conn, asked, &filter, order).await?,
        None => {
            let passing = store::lists::passing(conn, asked.project, &filter).await?;
            let passing: HashSet<_> = passing.into_iter().collect();
            hits.retain(|hit| passing.contains(&hit.task.0));
            page_of_hits(conn, asked, &hits).await?
        }
    };
    Ok(Listed { tasks, hits, asking: None, ranked: None })
}

async fn leavings(
    conn: &AsyncPgConnection,
    asked: &TaskList,
    tasks: &[Task],
) -> Result<HashMap<TaskId, Leaving>, ReadError> {
    if asked.filter.place == Place::Board {
        return Ok(HashMap::new());
    }
    let ids: Vec<_> = tasks.iter().map(|task| task.id.0).collect();
    Ok(store::tasks::leavings(conn, asked.project, &ids).await?)
}

async fn ordered(
    conn: &AsyncPgConnection,
    asked: &TaskList,
    filter: &Filter,
    default: Order,
) -> Result<Vec<Task>, ReadError> {
    let page = Page {
        order: asked.order.unwrap_or(default),
        descending: asked.descending,
        after: asked.after.clone().and_then(|place| Some((key(place.at)?, place.id))),
        limit: i64::try_from(asked.limit + 1).unwrap_or(i64::MAX),
    };
    Ok(store::lists::page(conn, asked.project, filter, &page).await?)
}

/// The best first, from where the page before ended.
async fn page_of_hits(
    conn: &AsyncPgConnection,
    asked: &TaskList,
    hits: &[Hit],
) -> Result<Vec<Task>, ReadError> {
    let beyond = |hit: &&Hit| match &asked.after {
        Some(TaskPageEnd { at: SortValue::Score(standing), id }) => matched::is_after(hit, standing, *id),
        _ => true,
    };
    let chosen: Vec<_> = hits.iter().filter(beyond).take(asked.limit + 1).map(|hit| hit.task.0).collect();
    let mut tasks: HashMap<_, Task> = store::tasks::by_ids(conn, asked.project, &chosen)
        .await?
        .into_iter()
        .map(|stored| (stored.task.id.0, stored.task))
        .collect();
    Ok(chosen.iter().filter_map(|id| tasks.remove(id)).collect())
}

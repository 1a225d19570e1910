//! Pages of a project's tasks, by filters and in an order.

mod chosen;
mod facets;
mod filter;
pub(crate) mod order;

pub use chosen::Chosen;
use filter::filtered;
pub use filter::{FieldFilter, Filter, Place};
use order::{Boxed, ordered, priority_order};
pub use order::{Order, Page, SortKey};

use crate::facets::{Facets, with};
use crate::find::{Asked, By, Having, has_words};
use crate::schema::tasks;
use crate::tasks::{StoredTask, TaskRow};
use crate::{AsyncPgConnection, Result, listed};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, SmallInt, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::task::Task;
use domain::{ProjectId, UserId};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Most tasks that are found by their facets and then sorted. When more have the facets, the list's order is walked until
/// the page is full, which is soon because so many pass.
const FEW: i64 = 10_000;
/// The same where words are looked for in each of them.
const FEW_TO_SEARCH: i64 = 2_000;
/// Tasks with the words that are tried first, because any thousand of them will do.
const SOME: i64 = 4_000;
/// Tasks that are read in the list's order before the index of facets is asked, because a page of common facets is among
/// them.
const NEXT: i64 = 500;

/// A page of a project's tasks.
///
/// # Errors
/// Those of the queries.
pub async fn page(
    conn: &AsyncPgConnection,
    project: ProjectId,
    filter: &Filter,
    page: &Page,
) -> Result<Vec<Task>> {
    match (page.order, page.descending) {
        (Order::Due, true) => latest_first(conn, project, filter, page).await,
        _ => page_of(conn, project, filter, page).await,
    }
}

/// By date from the latest, and then what has none. The index has that first in this direction, so these are two lists.
async fn latest_first(
    conn: &AsyncPgConnection,
    project: ProjectId,
    filter: &Filter,
    page: &Page,
) -> Result<Vec<Task>> {
    let mut tasks = Vec::new();
    let is_past_dates = matches!(page.after, Some((SortKey::Due(None), _)));
    if !is_past_dates {
        let dated = Filter { dated: Some(true), ..filter.clone() };
        tasks = page_of(conn, project, &dated, page).await?;
    }
    let left = page.limit - tasks.len() as i64;
    if left > 0 {
        let undated = Filter { dated: Some(false), ..filter.clone() };
        let after = page.after.clone().filter(|_| is_past_dates);
        let rest = Page { after, limit: left, ..page.clone() };
        tasks.extend(page_of(conn, project, &undated, &rest).await?);
    }
    Ok(tasks)
}

async fn page_of(
    conn: &AsyncPgConnection,
    project: ProjectId,
    filter: &Filter,
    page: &Page,
) -> Result<Vec<Task>> {
    let facets = facets::of(filter);
    if facets.is_none() && filter.asked.is_none() {
        let query = filtered(project, filter, By::Task);
        return read(conn, ordered(query, page, filter.among.is_some())).await;
    }
    let next = next(conn, project, filter, page).await?;
    let are_all = (next.len() as i64) < NEXT;
    let nearest = read(conn, among(filtered(project, filter, By::Task), page, next)).await?;
    if are_all || nearest.len() as i64 == page.limit {
        return Ok(nearest);
    }
    let few = match &facets {
        Some(facets) if filter.asks_only_for_facets() => {
            Some(listed::page(conn, project, facets, filter.dated, page).await?)
        }
        Some(facets) => few(conn, project, filter, facets).await?,
        None => None,
    };
    match few {
        Some(few) => read(conn, among(filtered(project, filter, By::Task), page, few)).await,
        // Those that have the words are read and sorted.
        None => read(conn, ordered(filtered(project, filter, By::Index), page, filter.asked.is_some())).await,
    }
}

/// The tasks that have these facets, if they are few.
async fn few(
    conn: &AsyncPgConnection,
    project: ProjectId,
    filter: &Filter,
    facets: &Facets,
) -> Result<Option<Vec<Uuid>>> {
    let Some(indexed) = &facets.indexed else { return Ok(None) };
    let few = if filter.asked.is_some() { FEW_TO_SEARCH } else { FEW };
    let found = with(conn, project, indexed, few + 1).await?;
    Ok((found.len() as i64 <= few).then_some(found))
}

/// The tasks that may be the best answers to a question: at most `most`, first those with all words written to their
/// end, and of these those that have them in the title. Beside them,
/// whether there are more.
///
/// # Errors
/// Those of the queries.
pub async fn candidates(
    conn: &AsyncPgConnection,
    filter: &Filter,
    asked: &Asked,
    most: usize,
) -> Result<(Vec<Uuid>, bool)> {
    let project = asked.project;
    let ids = async |query: Boxed<'_>, limit: usize| -> Result<Vec<Uuid>> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        Ok(query.select(tasks::id).limit(limit).load(&mut &*conn).await?)
    };
    let with_words = Filter { asked: Some(asked.clone()), ..filter.clone() };
    let few = match facets::of(&with_words) {
        Some(facets) => few(conn, project, &with_words, &facets).await?,
        None => None,
    };
    if let Some(few) = few {
        let query = filtered(project, &with_words, By::Task).filter(tasks::id.eq_any(few));
        return Ok(cut(ids(query, most + 1).await?, most));
    }
    let mut best = Vec::new();
    if let Some(number) = asked.named {
        best = ids(filtered(project, &with_words, By::Task).filter(tasks::number.eq(number)), 1).await?;
    }
    let mut known: BTreeSet<Uuid> = best.iter().copied().collect();
    for having in Having::BEST_FIRST {
        // Mostly enough of the first that the index gives pass the filter.
        for by in [By::Some(SOME), By::Index] {
            if best.len() > most {
                break;
            }
            // Those that are known may be among them.
            let query = filtered(project, filter, By::Task).filter(has_words(asked, having, by));
            let found = ids(query, most + 1 + best.len()).await?;
            best.extend(found.into_iter().filter(|id| known.insert(*id)));
            if asked.is_rare() {
                break;
            }
        }
    }
    Ok(cut(best, most))
}

/// The first `most` of them, and whether there are more.
fn cut(mut ids: Vec<Uuid>, most: usize) -> (Vec<Uuid>, bool) {
    let more = ids.len() > most;
    ids.truncate(most);
    (ids, more)
}

async fn read(conn: &AsyncPgConnection, query: Boxed<'_>) -> Result<Vec<Task>> {
    let rows: Vec<TaskRow> = query.select(TaskRow::as_select()).load(&mut &*conn).await?;
    rows.into_iter().map(|row| StoredTask::try_from(row).map(|stored| stored.task)).collect()
}

/// The next 500 tasks in the page's order, whatever facets they have. When one task in ten has the facets, a page is among
/// them. In the order of priorities only the range of those that are asked for is read.
async fn next(
    conn: &AsyncPgConnection,
    project: ProjectId,
    filter: &Filter,
    page: &Page,
) -> Result<Vec<Uuid>> {
    let all = Filter { place: filter.place, dated: filter.dated, ..Filter::default() };
    let next = Page { limit: NEXT, ..page.clone() };
    let mut query = ordered(filtered(project, &all, By::Task), &next, false);
    let asked = || filter.priorities.iter().map(|priority| priority_order(*priority));
    if let (Order::Priority, Some(least), Some(most)) = (page.order, asked().min(), asked().max()) {
        let between = sql::<Bool>("priority_order(tasks.priority) BETWEEN ").bind::<SmallInt, _>(least);
        query = query.filter(between.sql(" AND ").bind::<SmallInt, _>(most));
    }
    Ok(query.select(tasks::id).load(&mut &*conn).await?)
}

fn among<'a>(query: Boxed<'a>, page: &Page, ids: Vec<Uuid>) -> Boxed<'a> {
    ordered(query.filter(tasks::id.eq_any(ids)), page, true)
}

/// The tasks of `filter.among` that pass the rest of the filter. The caller has seen that they are on the board, if the filter
/// asks for that.
///
/// # Errors
/// Those of the query.
pub async fn passing(conn: &AsyncPgConnection, project: ProjectId, filter: &Filter) -> Result<Vec<Uuid>> {
    if let Some(all) = filter.among.as_ref().filter(|_| filter.is_only_among()) {
        return Ok(all.clone());
    }
    Ok(filtered(project, filter, By::Task).select(tasks::id).load(&mut &*conn).await?)
}

statement! { OwnProjects(ids: &'a [Uuid] as Array<SqlUuid>, user: Uuid as SqlUuid) -> (SqlUuid, Text, Text):
"SELECT p.id, p.key, p.name FROM projects p WHERE p.id = ANY({}) AND p.deleted_at IS NULL \
AND EXISTS (SELECT FROM members WHERE project_id = p.id AND user_id = {})" }

/// Id, key and name of those of these projects that the person is a member of and that are not in the bin.
///
/// # Errors
/// Those of the query.
pub async fn own_project_names(
    conn: &AsyncPgConnection,
    user: UserId,
    ids: &[Uuid],
) -> Result<Vec<(Uuid, String, String)>> {
    Ok(OwnProjects::new(ids, user.0).load(&mut &*conn).await?)
}

statement! { Projects(ids: &'a [Uuid] as Array<SqlUuid>) -> (SqlUuid, Text, Text):
"SELECT id, key, name FROM projects WHERE id = ANY({})" }

/// Id, key and name of these projects. Whoever asks has seen that the person is a member.
///
/// # Errors
/// Those of the query.
pub async fn project_names(conn: &AsyncPgConnection, ids: &[Uuid]) -> Result<Vec<(Uuid, String, String)>> {
    Ok(Projects::new(ids).load(&mut &*conn).await?)
}

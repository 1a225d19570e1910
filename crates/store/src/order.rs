//! The order of a project's tasks, as far as commands need it. Tasks in the bin and the archive keep their places.

use crate::Result;
use crate::schema::tasks;
use crate::tasks::{StoredTask, TaskRow};
use diesel::prelude::*;
use diesel::sql_types::{Array, Nullable, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::rank::Rank;
use domain::{ProjectId, TaskId};
use std::collections::BTreeSet;
use uuid::Uuid;

/// A task's place in the order: its rank between its neighbours' (absent: the ends). Tasks off the board keep theirs.
#[derive(Debug)]
pub struct PlaceInOrder {
    /// The task.
    pub task: TaskId,
    /// Its rank.
    pub rank: Rank,
    /// The rank before it. `None`: it is the first.
    pub above: Option<Rank>,
    /// The rank after it. `None`: it is the last.
    pub below: Option<Rank>,
}

statement! { Places(project: Uuid as SqlUuid, ids: &'a [Uuid] as Array<SqlUuid>)
   -> (SqlUuid, Text, Nullable<Text>, Nullable<Text>):
"SELECT t.id, t.rank, \
   (SELECT n.rank FROM tasks n WHERE n.project_id = t.project_id AND n.rank < t.rank ORDER BY n.rank DESC LIMIT 1), \
   (SELECT n.rank FROM tasks n WHERE n.project_id = t.project_id AND n.rank > t.rank ORDER BY n.rank LIMIT 1) \
FROM tasks t WHERE t.project_id = {} AND t.id = ANY({})" }

/// Where these tasks stand.
///
/// # Errors
/// Those of the query.
pub async fn places(conn: &AsyncPgConnection, project: ProjectId, ids: &[Uuid]) -> Result<Vec<PlaceInOrder>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    type PlaceRow = (Uuid, String, Option<String>, Option<String>);
    let rows: Vec<PlaceRow> = Places::new(project.0, ids).load(&mut &*conn).await?;
    let place = |(task, rank, above, below): PlaceRow| PlaceInOrder {
        task: TaskId(task),
        rank: Rank::stored(rank),
        above: above.map(Rank::stored),
        below: below.map(Rank::stored),
    };
    Ok(rows.into_iter().map(place).collect())
}

/// The highest rank of all, of tasks off the board too.
///
/// # Errors
/// Those of the query.
pub async fn last_rank(conn: &AsyncPgConnection, project: ProjectId) -> Result<Option<Rank>> {
    let query =
        tasks::table.filter(tasks::project_id.eq(project.0)).order(tasks::rank.desc()).select(tasks::rank);
    let rank: Option<String> = query.first(&mut &*conn).await.optional()?;
    Ok(rank.map(Rank::stored))
}

/// The nearest `most` tasks below a rank and the nearest from it upwards, the nearest first; those off the board too.
///
/// # Errors
/// Those of the queries.
pub async fn around(
    conn: &AsyncPgConnection,
    project: ProjectId,
    rank: &Rank,
    most: i64,
) -> Result<(Vec<StoredTask>, Vec<StoredTask>)> {
    let of_project =
        tasks::table.filter(tasks::project_id.eq(project.0)).select(TaskRow::as_select()).limit(most);
    let lower = of_project.filter(tasks::rank.lt(rank.as_str())).order(tasks::rank.desc());
    let upper = of_project.filter(tasks::rank.ge(rank.as_str())).order(tasks::rank);
    let (mut on, mut shared) = (conn, conn);
    let (lower, upper) =
        futures_util::try_join!(lower.load::<TaskRow>(&mut on), upper.load::<TaskRow>(&mut shared))?;
    let stored =
        |rows: Vec<TaskRow>| rows.into_iter().map(StoredTask::try_from).collect::<Result<Vec<StoredTask>>>();
    Ok((stored(lower)?, stored(upper)?))
}

statement! { RanksFrom(ranks: Vec<&'a str> as Array<Text>, project: Uuid as SqlUuid) -> Text:
"SELECT n.rank FROM unnest({}) AS wanted (rank) CROSS JOIN LATERAL ( \
SELECT t.rank FROM tasks t WHERE t.project_id = {} AND t.rank >= wanted.rank ORDER BY t.rank LIMIT 2) AS n" }

/// For each of these ranks: the rank itself if a task has it, and the next one above.
///
/// # Errors
/// Those of the query.
pub async fn ranks_from(
    conn: &AsyncPgConnection,
    project: ProjectId,
    ranks: &BTreeSet<Rank>,
) -> Result<Vec<Rank>> {
    let wanted = ranks.iter().map(Rank::as_str).collect();
    let rows: Vec<String> = RanksFrom::new(wanted, project.0).load(&mut &*conn).await?;
    Ok(rows.into_iter().map(Rank::stored).collect())
}

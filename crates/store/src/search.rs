//! Finding tasks by their words through `found_by`, in projects whose texts are not analysed yet. A query is a text query of
//! Postgres in which U+0001 stands for the project's mark. Every word begins with the mark of its project, so
//! the words of one project are never read for another.

use crate::facets::term;
use crate::found::{Hit, Standing};
use crate::{AsyncPgConnection, Result};
use diesel::sql_types::{Array, BigInt, Bool, Float4, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::{CommentId, ProjectId, TaskId, UserId};
use std::collections::HashMap;
use uuid::Uuid;

/// Most texts that are ranked for one search.
pub const MOST_CANDIDATES: i64 = 1_000;
/// Most texts of one project that are ranked when several are searched.
const MOST_OF_PROJECT: i64 = 200;
/// Most words of a search that count.
const MOST_WORDS: usize = 16;

statement! { Words(text: &'a str as Text) -> (Text, diesel::sql_types::Integer):
"SELECT lexeme, coalesce(positions[1], 0)::int FROM unnest(to_tsvector('simple', {})) ORDER BY 2, 1" }

/// The words of a search as Postgres reads texts, in their order. Whatever else is in it – operators, quotes, `%` – is no
/// word, and means nothing.
///
/// # Errors
/// Those of the query.
pub async fn words(conn: &AsyncPgConnection, text: &str) -> Result<Vec<String>> {
    let words: Vec<(String, i32)> = Words::new(text).load(&mut &*conn).await?;
    Ok(words.into_iter().map(|(word, _)| word).take(MOST_WORDS).collect())
}

/// Asks for texts that have all of these words. `None`: nothing is asked.
pub fn all_of(words: &[String]) -> Option<String> {
    let terms: Vec<String> = words.iter().map(|word| term(word)).collect();
    (!terms.is_empty()).then(|| terms.join(" & "))
}

/// The same query with its last word as the beginning of one.
fn begun(query: &str) -> String {
    format!("{query}:*")
}

// MATERIALIZED, here and below, because Postgres then plans the match without the limit. So it takes the index, and still
// reads only until the limit is reached. A planner that sees the limit may read the whole table in the hope of soon having
// enough.
statement! { InProject(query: &'a str as Text, project: Uuid as SqlUuid, except: &'a str as Text, not: Uuid as SqlUuid,
  of: Uuid as SqlUuid, deleted: bool as Bool, most: i64 as BigInt) -> (SqlUuid, SqlUuid, Text, SqlUuid, Float4):
"WITH asked AS (SELECT replace({}, E'\\x01', project_mark({}))::tsquery AS query, \
                replace({}, E'\\x01', project_mark({}))::tsquery AS except) \
SELECT found.project_id, found.task_id, found.kind, found.id, ts_rank(found.words, asked.query) \
FROM asked CROSS JOIN LATERAL ( \
WITH f AS MATERIALIZED (SELECT * FROM found_by \
WHERE project_id = {} AND words @@ asked.query AND NOT words @@ asked.except AND deleted = {}) \
SELECT * FROM f LIMIT {}) found" }

/// The tasks of a project that a search finds, the best first, each once. At most [`MOST_CANDIDATES`] texts are ranked:
/// first those that have the last word as it is, then those that have a longer one.
///
/// # Errors
/// Those of the query.
pub async fn in_project(
    conn: &AsyncPgConnection,
    project: ProjectId,
    query: &str,
    deleted: bool,
) -> Result<Vec<Hit>> {
    let (id, none, begun) = (project.0, term(""), begun(query));
    let whole = InProject::new(query, id, &none, id, id, deleted, MOST_CANDIDATES);
    let mut found: Vec<HitRow> = whole.load(&mut &*conn).await?;
    if let Some(room) = room(&found) {
        let longer = InProject::new(&begun, id, query, id, id, deleted, room);
        found.extend(longer.load::<HitRow>(&mut &*conn).await?);
    }
    Ok(ranked(found))
}

statement! { Everywhere(query: &'a str as Text, except: &'a str as Text, user: Uuid as SqlUuid, only: Option<&'a [Uuid]> as Nullable<Array<SqlUuid>>, full: &'a [Uuid] as Array<SqlUuid>,
  of_project: i64 as BigInt, most: i64 as BigInt) -> (SqlUuid, SqlUuid, Text, SqlUuid, Float4):
"SELECT found.project_id, found.task_id, found.kind, found.id, ts_rank(found.words, asked.query) \
FROM (SELECT p.id, replace({}, E'\\x01', project_mark(p.id))::tsquery AS query, \
             replace({}, E'\\x01', project_mark(p.id))::tsquery AS except \
    FROM members m JOIN projects p ON p.id = m.project_id \
    WHERE m.user_id = {} AND p.deleted_at IS NULL AND NOT p.archived \
    AND p.id = ANY(coalesce({}, ARRAY[p.id])) AND p.id <> ALL({}) ORDER BY p.changed_at DESC, p.id) asked \
CROSS JOIN LATERAL ( \
WITH f AS MATERIALIZED (SELECT * FROM found_by \
WHERE project_id = asked.id AND words @@ asked.query AND NOT words @@ asked.except AND NOT deleted) \
SELECT * FROM f LIMIT {}) found LIMIT {}" }

/// The same over all projects that this person is a member of and that are neither archived nor in the bin; those that
/// changed last come first into the thousand. `only`: in these of them.
///
/// # Errors
/// Those of the query.
pub async fn everywhere(
    conn: &AsyncPgConnection,
    user: UserId,
    only: Option<&[Uuid]>,
    query: &str,
) -> Result<Vec<Hit>> {
    let (none, begun) = (term(""), begun(query));
    let whole = Everywhere::new(query, &none, user.0, only, &[], MOST_OF_PROJECT, MOST_CANDIDATES);
    let mut found: Vec<HitRow> = whole.load(&mut &*conn).await?;
    if let Some(room) = room(&found) {
        let full = full(&found);
        let longer = Everywhere::new(&begun, query, user.0, only, &full, MOST_OF_PROJECT, room);
        found.extend(longer.load::<HitRow>(&mut &*conn).await?);
    }
    Ok(ranked(found))
}

/// How many more texts may be ranked. `None`: no more.
fn room(found: &[HitRow]) -> Option<i64> {
    let room = MOST_CANDIDATES - i64::try_from(found.len()).unwrap_or(MOST_CANDIDATES);
    (room > 0).then_some(room)
}

/// The projects that have given as many texts as one may.
fn full(found: &[HitRow]) -> Vec<Uuid> {
    let mut counts = HashMap::new();
    for (project, ..) in found {
        *counts.entry(*project).or_insert(0) += 1;
    }
    counts.into_iter().filter(|(_, count)| *count >= MOST_OF_PROJECT).map(|(project, _)| project).collect()
}

type HitRow = (Uuid, Uuid, String, Uuid, f32);

/// The best hit of each task, the best task first, ties by id.
fn ranked(rows: Vec<HitRow>) -> Vec<Hit> {
    let mut hits: Vec<Hit> = rows
        .into_iter()
        .map(|(project, task, kind, id, score)| Hit {
            project: ProjectId(project),
            task: TaskId(task),
            comment: (kind == "comment").then_some(CommentId(id)),
            standing: Standing { class: 1, score, closed: false },
        })
        .collect();
    hits.sort_by(Hit::order);
    let mut seen = std::collections::BTreeSet::new();
    hits.retain(|hit| seen.insert((hit.project, hit.task)));
    hits
}

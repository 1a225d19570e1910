//! The condition of a list that tasks have the words of a question.

use super::asked::{Asked, Having};
use crate::schema::tasks;
use diesel::BoxableExpression;
use diesel::dsl::sql;
use diesel::pg::Pg;
use diesel::sql_types::{Array, BigInt, Bool, Text, Uuid as SqlUuid};

/// How a list looks for tasks that have all terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    /// Task by task: for few tasks.
    Task,
    /// By the index of all words.
    Index,
    /// The same, of at most so many tasks.
    Some(i64),
}

/// More than all.
const ALL: i64 = i64::MAX;

/// Whether a task has all terms, and none that is unwanted.
pub(crate) fn has_words(
    asked: &Asked,
    having: Having,
    by: By,
) -> Box<dyn BoxableExpression<tasks::table, Pg, SqlType = Bool>> {
    let (wanted, project) = (asked.queries(having), asked.project.0);
    let rarest = wanted.as_slice().first().map_or("", String::as_str).to_owned();
    // By the index a row has the rarest term: only the others are looked for beside it.
    match by {
        By::Task => Box::new(
            sql::<Bool>("(NOT EXISTS (SELECT FROM unnest(")
                .bind::<Array<Text>, _>(wanted)
                .sql(
                    ") AS q (query) WHERE NOT EXISTS (SELECT FROM (SELECT o.words FROM words o \
                     WHERE o.project_id = tasks.project_id AND o.task_id = tasks.id OFFSET 0) o \
                     WHERE o.words @@ q.query::tsquery)) AND NOT EXISTS (SELECT FROM unnest(",
                )
                .bind::<Array<Text>, _>(asked.unwanted.clone())
                .sql(
                    ") AS q (query), LATERAL (SELECT o.words FROM words o WHERE o.project_id = tasks.project_id \
                     AND o.task_id = tasks.id OFFSET 0) o WHERE o.words @@ q.query::tsquery))",
                ),
        ),
        By::Index | By::Some(_) => Box::new(
            sql::<Bool>("tasks.id = ANY(ARRAY(WITH f AS MATERIALIZED (SELECT task_id, words FROM words WHERE project_id = ")
                .bind::<SqlUuid, _>(project)
                .sql(" AND words @@ ")
                .bind::<Text, _>(rarest)
                .sql("::tsquery), t AS (SELECT task_id FROM f WHERE f.words @@ ")
                .bind::<Text, _>(wanted.join(" & "))
                .sql("::tsquery OR NOT EXISTS (SELECT FROM unnest(")
                .bind::<Array<Text>, _>(wanted.into_iter().skip(1).collect::<Vec<_>>())
                .sql(
                    ") AS q (query) WHERE NOT EXISTS (SELECT FROM (SELECT o.words FROM words o WHERE o.project_id = ",
                )
                .bind::<SqlUuid, _>(project)
                .sql(
                    " AND o.task_id = f.task_id OFFSET 0) o WHERE o.words @@ q.query::tsquery))) \
                     SELECT task_id FROM t WHERE NOT EXISTS (SELECT FROM unnest(",
                )
                .bind::<Array<Text>, _>(asked.unwanted.clone())
                .sql(") AS q (query), LATERAL (SELECT o.words FROM words o WHERE o.project_id = ")
                .bind::<SqlUuid, _>(project)
                .sql(" AND o.task_id = t.task_id OFFSET 0) o WHERE o.words @@ q.query::tsquery) LIMIT ")
                .bind::<BigInt, _>(match by {
                    By::Some(most) => most,
                    By::Index | By::Task => ALL,
                })
                .sql("))"),
        ),
    }
}

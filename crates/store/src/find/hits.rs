//! Where tasks have what was asked for, and how well they answer.

use super::asked::{Asked, Having};
use crate::found::{Hit, Standing};
use crate::words::Kind;
use crate::{AsyncPgConnection, Result};
use diesel::sql_types::{Array, BigInt, Bool, Float4, SmallInt, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::{CommentId, TaskId};
use std::collections::HashMap;
use uuid::Uuid;

statement! { Matches(any: &'a str as Text, last: &'a str as Text, spelled: &'a [String] as Array<Text>, project: Uuid as SqlUuid,
  tasks: &'a [Uuid] as Array<SqlUuid>, having: &'a str as Text) -> (SqlUuid, SmallInt, SqlUuid, Float4, Bool, Array<Bool>):
"SELECT w.task_id, w.kind, w.id, ts_rank(w.words, {}::tsquery), w.words @@ {}::tsquery, \
ARRAY(SELECT w.words @@ q.query::tsquery FROM unnest({}) WITH ORDINALITY AS q (query, n) ORDER BY n) \
FROM words w WHERE w.project_id = {} AND w.task_id = ANY({}) AND w.words @@ {}::tsquery" }
statement! { Statuses(project: Uuid as SqlUuid, tasks: &'a [Uuid] as Array<SqlUuid>) -> (SqlUuid, BigInt, Text):
"SELECT id, number, status FROM tasks WHERE project_id = {} AND id = ANY({})" }

type MatchRow = (Uuid, i16, Uuid, f32, bool, Vec<bool>);

/// Where these tasks have what was asked for, the best first. `closed`: keys of the statuses that mean done or cancelled.
///
/// # Errors
/// Those of the queries.
pub async fn hits(
    conn: &AsyncPgConnection,
    asked: &Asked,
    closed: &[String],
    tasks: &[Uuid],
) -> Result<Vec<Hit>> {
    if tasks.is_empty() {
        return Ok(Vec::new());
    }
    let any = asked.queries(Having::Any).join(" | ");
    let spelled = asked.spelled();
    let matches = Matches::new(&any, &asked.last, &spelled, asked.project.0, tasks, &any);
    let statuses = Statuses::new(asked.project.0, tasks);
    let rows: Vec<MatchRow> = matches.load(&mut &*conn).await?;
    let statuses: Vec<(Uuid, i64, String)> = statuses.load(&mut &*conn).await?;
    let mut of_tasks: HashMap<Uuid, Vec<MatchRow>> = HashMap::new();
    rows.into_iter().for_each(|row| of_tasks.entry(row.0).or_default().push(row));
    let hit = |(task, number, status): (Uuid, i64, String)| {
        let rows = of_tasks.get(&task).map_or(&[][..], Vec::as_slice);
        let class = if asked.named == Some(number) { 0 } else { class(rows) };
        // Of equal ranks that of the task itself.
        let best = rows.iter().max_by(|a, b| a.3.total_cmp(&b.3).then(b.1.cmp(&a.1)));
        let standing =
            Standing { class, score: best.map_or(0.0, |row| row.3), closed: closed.contains(&status) };
        let comment = best.filter(|row| row.1 == Kind::Comment as i16).map(|row| CommentId(row.2));
        Hit { project: asked.project, task: TaskId(task), comment, standing }
    };
    let mut hits: Vec<Hit> = statuses.into_iter().map(hit).collect();
    hits.sort_by(Hit::order);
    Ok(hits)
}

fn class(rows: &[MatchRow]) -> u8 {
    let terms = rows.first().map_or(0, |row| row.5.len());
    let is_spelled = (0..terms).all(|term| rows.iter().any(|row| row.5.get(term) == Some(&true)));
    match (is_spelled, rows.iter().any(|row| row.4)) {
        (true, _) => 1,
        (false, true) => 2,
        (false, false) => 3,
    }
}

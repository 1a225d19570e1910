//! Finding tasks through `listed_by` by their facets: people, labels, status, priority. A query is a text query of Postgres in
//! which U+0001 stands for the project's mark. Every facet begins with the mark of its project, so those of one project are
//! never read for another.

use crate::{AsyncPgConnection, Result};
use diesel::sql_types::{BigInt, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::task::Priority;
use domain::{ProjectId, UserId};
use uuid::Uuid;

/// Stands for the project's mark. No word that Postgres finds in a text has this character.
const MARK: char = '\u{1}';

/// What facets are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Facets {
    /// What the index finds.
    pub indexed: Option<String>,
    /// What is looked at task by task, because the index finds only what is there.
    pub rest: Option<String>,
}

/// Tasks that nobody is assigned to have a facet that says so.
pub(crate) fn assigned_to(user: Option<UserId>) -> String {
    term(&user.map_or("=anone".to_owned(), |user| format!("=a{user}")))
}

/// A label by its key.
pub(crate) fn labelled(key: &str) -> String {
    term(&format!("=l{key}"))
}

/// Any label at all.
pub(crate) fn labelled_at_all() -> String {
    format!("{}:*", term("=l"))
}

/// A status by its key.
pub(crate) fn in_status(key: &String) -> String {
    term(&format!("=s{key}"))
}

/// A priority.
pub(crate) fn of_priority(priority: &Priority) -> String {
    term(&format!("=p{}", priority.as_str()))
}

/// Asks for what all of these ask for. `None`: nothing is asked.
pub(crate) fn all_of(queries: &[String]) -> Option<String> {
    (!queries.is_empty()).then(|| queries.join(" & "))
}

/// Asks for what one of these asks for.
pub(crate) fn any_of(queries: impl Iterator<Item = String>) -> String {
    format!("({})", queries.collect::<Vec<_>>().join(" | "))
}

/// A word in a text query, whatever is in it.
pub(crate) fn term(word: &str) -> String {
    format!("'{MARK}{}'", word.replace('\\', "\\\\").replace('\'', "''"))
}

// MATERIALIZED, because Postgres then plans the match without the limit. So it takes the index.
statement! { Narrowed(project: Uuid as SqlUuid, query: &'a str as Text, mark: Uuid as SqlUuid, most: i64 as BigInt) -> SqlUuid:
"WITH f AS MATERIALIZED (SELECT id FROM listed_by WHERE project_id = {} \
AND facets @@ (SELECT replace({}, E'\\x01', project_mark({}))::tsquery)) SELECT id FROM f LIMIT {}" }

/// At most `most` of the tasks that have what `query` asks of the index, in no order.
///
/// # Errors
/// Those of the query.
pub(crate) async fn with(
    conn: &AsyncPgConnection,
    project: ProjectId,
    query: &str,
    most: i64,
) -> Result<Vec<Uuid>> {
    Ok(Narrowed::new(project.0, query, project.0, most).load(&mut &*conn).await?)
}

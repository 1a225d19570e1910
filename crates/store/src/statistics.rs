//! What Postgres knows about the sizes of tables, without which it may take any index for as good as another.

use crate::Result;
use diesel::sql_types::Text;
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};

// Postgres counts the rows of a table some time after they were written; until then it plans for an empty one, where reading
// all of a project looks as cheap as reading one row of it.
statement! { Uncounted(tables: Vec<&'a str> as diesel::sql_types::Array<Text>) -> Text:
"SELECT relname::text FROM pg_class WHERE oid = ANY(({}::text[])::regclass[]) AND reltuples < 1000" }

/// Runs ANALYZE for those tables of commands and lists that Postgres takes for nearly empty. It makes new plans after that.
/// Call it when a project has grown, because the next command would otherwise be planned badly until autovacuum comes.
///
/// # Errors
/// Those of the statements.
pub async fn count_grown(conn: &AsyncPgConnection) -> Result<()> {
    let tables = vec!["tasks", "listed_by", "dependencies", "comments", "events", "watchers"];
    let uncounted: Vec<String> = Uncounted::new(tables).load(&mut &*conn).await?;
    if !uncounted.is_empty() {
        (&mut &*conn).batch_execute(&format!("ANALYZE {}", uncounted.join(", "))).await?;
    }
    Ok(())
}

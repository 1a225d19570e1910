//! What tasks and comments are found by is what the analysis makes of their texts, whoever wrote them last.

use domain::words::analyse;
use std::collections::BTreeSet;

use crate::run::World;

/// No text is left to analyse, and each row has the words of its text: a title's, a description's, a comment's, none of a deleted one.
pub async fn follows(world: &World) {
    let sql = world.cluster.database.sql().await;
    let marks = sql.query_one("SELECT count(*) FROM words_marks", &[]).await.expect("the marks");
    assert_eq!(marks.get::<_, i64>(0), 0, "texts that are not analysed");
    // Each lexeme begins with the eight characters of its project's mark.
    let query = "SELECT t.kind, t.id, t.text, ARRAY(SELECT substr(l, 9) FROM unnest(tsvector_to_array(w.words)) l) FROM ( \
        SELECT project_id, id AS task_id, 0::smallint AS kind, id, title AS text FROM tasks \
        UNION ALL SELECT project_id, id, 1::smallint, id, description FROM tasks \
        UNION ALL SELECT project_id, task_id, 2::smallint, id, CASE WHEN deleted THEN '' ELSE body END FROM comments) t \
        LEFT JOIN words w USING (project_id, task_id, kind, id) WHERE t.project_id = $1";
    for row in sql.query(query, &[&world.project]).await.expect("what is found") {
        let (kind, text): (i16, &str) = (row.get(0), row.get(2));
        let words: BTreeSet<String> = row.get::<_, Vec<String>>(3).into_iter().collect();
        let wanted: BTreeSet<String> = analyse(text).lexemes.into_iter().map(|(_, lexeme)| lexeme).collect();
        // A task's row has its number, labels, people and fields too.
        let same = if kind == 0 { words.is_superset(&wanted) } else { words == wanted };
        assert!(same, "kind {kind}: {text:?} is found by {words:?}");
    }
}

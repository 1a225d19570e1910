//! Lists and searches read their project by an index, however many tasks there are.

use testkit::wait::eventually;

use crate::support::{SOON, Team};

/// Tasks enough that reading all of them is never the cheapest plan but by mistake.
const TASKS: i32 = 10_000;

/// What tasks with simple titles are found by.
const ANALYSED: &str = "INSERT INTO words SELECT project_id, t.id, 0, t.id, 1, \
    (SELECT string_agg(format('''%s%s'':%sA ''%s^%s'':%sA', mark, word, n, mark, word, n), ' ') \
     FROM unnest(string_to_array(lower(title), ' ')) WITH ORDINALITY AS w (word, n))::tsvector \
    FROM tasks t, LATERAL (SELECT left(encode(sha256(uuid_send(project_id)), 'hex'), 8) AS mark) m \
    WHERE project_id = $1 AND number > 1";

#[tokio::test(flavor = "multi_thread")]
async fn no_list_and_no_search_reads_whole_tables() {
    let team = Team::start(1).await;
    team.add_labels(&["bug"]).await;
    let sql = team.cluster.database.sql().await;
    let insert = "INSERT INTO tasks SELECT project_id, gen_random_uuid(), n, 'Order screws ' || n || ' for the ' \
        || (ARRAY['door', 'shelf', 'fence', 'lamp'])[1 + n % 4], 'Words that many tasks have in common.', \
        (ARRAY['backlog', 'todo', 'in_progress', 'done'])[1 + n % 4], \
        CASE WHEN n % 10 = 0 THEN ARRAY[created_by] ELSE '{}' END, CASE WHEN n % 5 = 0 THEN '{bug}'::text[] ELSE '{}' END, \
        (ARRAY['none', 'low', 'high'])[1 + n % 3], CASE WHEN n % 2 = 0 THEN date '2026-01-01' + n % 300 END, \
        NULL, 'b' || lpad(n::text, 8, '0'), NULL, '{}', '{}', 0, n, now(), created_by, now() - make_interval(secs => n), NULL \
        FROM tasks, generate_series(2, $2::int) AS n WHERE project_id = $1 AND number = 1";
    // As if instances had analysed them.
    sql.batch_execute("SET lockstep.analysis = '1'").await.expect("a setting");
    for (project, tasks) in [(team.foreign_project, 3 * TASKS), (team.project, TASKS)] {
        sql.execute(insert, &[&project, &tasks]).await.expect("tasks");
        sql.execute(ANALYSED, &[&project]).await.expect("their words");
    }
    for table in ["tasks", "words", "listed_by"] {
        sql.batch_execute(&format!("VACUUM ANALYZE {table}")).await.expect("statistics");
    }
    let scans = async || -> (String, i64) {
        let read = "SELECT string_agg(relname || ' ' || seq_scan, ', ' ORDER BY relname), sum(idx_scan)::bigint \
            FROM pg_stat_user_tables WHERE relname IN ('tasks', 'words', 'listed_by')";
        let row = sql.query_one(read, &[]).await.expect("statistics");
        (row.get(0), row.get(1))
    };
    let before = scans().await;
    let owner = team.owner.id;
    let lists = [
        "",
        "?sort=-updated_at",
        "?sort=due_on",
        "?sort=-priority",
        "?sort=number",
        "?status=done",
        "?status=todo&sort=-due_on",
        "?label=bug",
        "?assignee=none",
        "?priority=high&status=done",
        "?due_from=2026-10-01&sort=due_on",
        "?number=77",
        "?updated_since=2999-01-01T00:00:00Z",
        "?parent=none",
        "?created_by=me&status=cancelled",
        "?deleted=true",
        "?q=screws",
        "?q=scr",
        "?q=absent",
        "?q=screws&status=done&sort=rank",
        "?q=screws+door&sort=-number",
        "?q=77+order&label=bug",
        "?q=screws+-door",
        "?label=bug&priority=high&status=done",
        "?label=none&sort=due_on",
        "?label_not=bug",
        "?label_not=bug&label_not=none",
        "?label_all=bug&assignee_not=me",
        "?assignee_not=none&label_not=bug&priority=high",
    ];
    for query in lists {
        team.owner().get(&team.path(&format!("/tasks{query}"))).await.expect(200);
    }
    let assigned = format!("/tasks?assignee={owner}&status=todo");
    team.owner().get(&team.path(&assigned)).await.expect(200);
    for path in ["/search?q=screws", "/search?q=do", "/me/tasks", "/me/tasks?category=open&sort=-updated_at"]
    {
        team.owner().get(path).await.expect(200);
    }
    // A connection tells what it did when it ends.
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    sql.execute(end, &[]).await.expect("ended");
    let calls = i64::try_from(lists.len()).expect("few");
    eventually("the statistics to be told", SOON, || async { scans().await.1 >= before.1 + calls }).await;
    assert_eq!(scans().await.0, before.0, "a whole table was read");
}

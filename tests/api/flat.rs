//! A command reads what it touches and nothing of the rest of its project. A page reads what it shows.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use testkit::wait::eventually;
use testkit::{Cluster, User, Uuid};

use crate::support::{SOON, Team};

const TASKS: usize = 3_000;
/// Tasks in a row that wait for each other, so many edges can be walked from one.
const CHAIN: usize = 10;
/// A statement is planned anew for its first five runs on a connection, then once for all.
const ROUNDS: usize = 12;
/// Rows and entries of indexes that one command may read, on average.
const READS: i64 = 150;

/// Everything that commands read, by table and index, but for the rows of Postgres' own.
const COUNTED: &str = "SELECT relname::text, coalesce(seq_tup_read, 0) FROM pg_stat_user_tables \
    UNION ALL SELECT indexrelname::text, idx_tup_read FROM pg_stat_user_indexes";

/// What other people are told and have muted.
const INBOXES: &str = "WITH muted AS (INSERT INTO mutes (user_id, target, project_id) \
        SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid() FROM generate_series(1, $1::int)) \
    INSERT INTO notifications (user_id, project_id, about, cause, version, count, actor, created_at, updated_at) \
        SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'changed', 1, 1, gen_random_uuid(), now(), now() \
        FROM generate_series(1, $1::int)";

async fn fill(team: &Team) -> Vec<Uuid> {
    let tasks: Vec<Uuid> = (0..TASKS).map(|_| Uuid::now_v7()).collect();
    for some in tasks.chunks(500) {
        let create = |id: &Uuid| json!({"type": "task.create", "id": id, "title": "A task like any other"});
        team.owner().commands(team.project, some.iter().map(create).collect()).await.expect(200);
    }
    for some in tasks.chunks(50 * CHAIN) {
        let add = |two: &[Uuid]| json!({"type": "dependency.add", "task": two[0], "on": two[1]});
        let chains = some.chunks(CHAIN).flat_map(|chain| chain.windows(2).map(add));
        team.owner().commands(team.project, chains.collect()).await.expect(200);
    }
    tasks
}

/// One command of each kind that walks, joins or writes over tasks, on tasks all over the project.
fn commands(tasks: &[Uuid], round: usize) -> Vec<Value> {
    let [a, b, c] = [1, 2, 3].map(|n| tasks[(round * n * 97 * CHAIN + n * CHAIN) % TASKS]);
    let last = tasks[(round * 97 * CHAIN + 2 * CHAIN - 1) % TASKS];
    let (child, comment) = (Uuid::now_v7(), Uuid::now_v7());
    vec![
        json!({"type": "task.create", "id": child, "title": "Below", "parent": a}),
        json!({"type": "task.update", "task": a, "set": {"title": format!("Title {round}")}}),
        json!({"type": "task.update", "task": last, "set": {"status": "done"}}),
        json!({"type": "task.move", "task": b, "after": c}),
        json!({"type": "dependency.add", "task": child, "on": c}),
        json!({"type": "dependency.remove", "task": child, "on": c}),
        json!({"type": "comment.add", "id": comment, "task": a, "body": "Seen."}),
        json!({"type": "comment.update", "comment": comment, "body": "Seen twice."}),
        json!({"type": "task.delete", "task": a}),
        json!({"type": "task.restore", "task": a}),
        json!({"type": "task.archive", "task": a}),
        json!({"type": "task.unarchive", "task": a}),
        json!({"type": "task.delete", "task": child}),
    ]
}

/// These tell every member that the people changed. The project has few of them.
fn commands_of_members(colleague: Uuid) -> [Value; 2] {
    [
        json!({"type": "member.add", "user": colleague, "role": "viewer"}),
        json!({"type": "member.remove", "user": colleague}),
    ]
}

/// What was read of each table and index.
struct Reads(BTreeMap<String, i64>);

impl Reads {
    fn total(&self) -> i64 {
        self.0.values().sum()
    }

    fn since(mut self, before: &Reads) -> Reads {
        for (name, read) in &mut self.0 {
            *read -= before.0.get(name).copied().unwrap_or(0);
        }
        self.0.retain(|_, read| *read > 0);
        self
    }
}

async fn reads(team: &Team, work: impl AsyncFnOnce()) -> Reads {
    let sql = team.cluster.database.sql().await;
    let flushed = async || {
        // A connection tells what it read when it ends.
        let end = "SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity \
            WHERE datname = current_database() AND pid <> pg_backend_pid()";
        let ended: Vec<i32> =
            sql.query(end, &[]).await.expect("ended").iter().map(|row| row.get(0)).collect();
        eventually("the statistics to be told", SOON, || async {
            let left = "SELECT count(*) FROM pg_stat_activity WHERE pid = ANY($1)";
            sql.query_one(left, &[&ended]).await.expect("a count").get::<_, i64>(0) == 0
        })
        .await;
        let rows = sql.query(COUNTED, &[]).await.expect("counts");
        Reads(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
    };
    let before = flushed().await;
    team.owner().get("/me").await.expect(200);
    work().await;
    flushed().await.since(&before)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_reads_few_rows_of_a_large_project_also_where_autovacuum_never_came() {
    let one_connection = [("LOCKSTEP_POOL_WRITE", "1"), ("LOCKSTEP_SNAPSHOT_EVENTS", "1000")];
    let builder =
        one_connection.iter().fold(Cluster::builder(), |builder, (name, value)| builder.env(name, *value));
    let team = Team::of(builder).await;
    let sql = team.cluster.database.sql().await;
    for table in ["tasks", "dependencies", "comments", "watchers", "notifications", "mutes"] {
        let off = format!("ALTER TABLE {table} SET (autovacuum_enabled = off)");
        sql.batch_execute(&off).await.expect("no statistics");
    }
    let tasks = fill(&team).await;
    sql.execute(INBOXES, &[&(TASKS as i32)]).await.expect("inboxes of other people");
    eventually("the snapshots to be kept and the tables counted", SOON, || async {
        let done = "SELECT EXISTS (SELECT FROM snapshots WHERE version = (SELECT version / 1000 * 1000 FROM projects WHERE id = $1)) \
            AND 2 = (SELECT count(*) FROM pg_stat_user_tables WHERE analyze_count > 0 AND relname IN ('tasks', 'dependencies'))";
        sql.query_one(done, &[&team.project]).await.expect("an answer").get::<_, bool>(0)
    })
    .await;
    team.owner().meet(std::slice::from_ref(&team.stranger)).await;
    let mut sent = 0;
    let read = reads(&team, async || {
        for round in 0..ROUNDS {
            // The editor's tell the owner, who made the tasks and follows them.
            let by = if round % 2 == 0 { team.owner() } else { team.editor() };
            let of_tasks = commands(&tasks, round).into_iter().map(|command| (by.clone(), command));
            let of_members = commands_of_members(team.stranger.id).map(|command| (team.owner(), command));
            for (by, command) in of_tasks.chain(of_members) {
                let answer = by.commands(team.project, json!([command])).await.expect(200);
                assert!(answer.events().len() == 1, "{command}: {}", answer.body);
                sent += 1;
            }
        }
    })
    .await;
    let each = read.total() / sent;
    assert!(each < READS, "{each} rows for each of {sent} commands: {:?}", read.0);
    println!("{each} rows for each of {sent} commands: {:?}", read.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_what_one_follows_reads_no_projects_behind_its_end() {
    let (projects, each, shown) = (60, 20, 10);
    let team = Team::start(1).await;
    for number in 0..projects {
        let project = team.owner().create_project(&format!("Project {number}")).await;
        team.owner().create_tasks(project, each).await;
    }
    let pages = 10;
    let read = reads(&team, async || {
        for _ in 0..pages {
            let page = team.owner().get(&format!("/me/watching?limit={shown}")).await.expect(200);
            assert_eq!(page.body["items"].as_array().map(Vec::len), Some(shown));
        }
    })
    .await;
    let page = team.owner().get("/me/watching?limit=100").await.expect(200).body;
    let order: Vec<&str> = page["items"]
        .as_array()
        .expect("items")
        .iter()
        .filter_map(|item| item["project"]["id"].as_str())
        .collect();
    assert!(order.len() == 100 && order.is_sorted(), "{order:?}");
    // Of each project its membership and its row are read, and so are the tasks of a page.
    let most = i64::try_from(2 * projects + 10 * shown).expect("few");
    let each = read.total() / pages;
    assert!(each < most, "{each} rows for each page: {:?}", read.0);
    println!("{each} rows for each page");
}

#[tokio::test(flavor = "multi_thread")]
async fn telling_many_people_reads_a_few_rows_for_each_of_them() {
    let (people, comments) = (100, 12);
    let builder = Cluster::builder().env("LOCKSTEP_POOL_WRITE", "1");
    let team = Team::of(builder).await;
    let others = team.cluster.users(people).await;
    team.owner().meet(&others).await;
    let add = |user: &User| json!({"type": "member.add", "user": user.id, "role": "viewer"});
    team.owner().commands(team.project, others.iter().map(add).collect()).await.expect(200);
    let task = Uuid::now_v7();
    let create = json!([{"type": "task.create", "id": task, "title": "A task that many follow"}]);
    team.owner().commands(team.project, create).await.expect(200);
    let sql = team.cluster.database.sql().await;
    let all = "INSERT INTO watchers (project_id, task_id, user_id) SELECT project_id, $2, user_id FROM members \
        WHERE project_id = $1 ON CONFLICT DO NOTHING";
    sql.execute(all, &[&team.project, &task]).await.expect("followers");
    // Of a table that was counted but never vacuumed, to read all looks cheaper than to read one row by the index.
    sql.batch_execute("ANALYZE").await.expect("counted");
    let read = reads(&team, async || {
        let path = format!("/projects/{}/tasks/{task}/comments", team.project);
        for _ in 0..comments {
            team.owner().post(&path, json!({"body": "Seen."})).await.expect(201);
        }
    })
    .await;
    let each = read.total() / comments / i64::try_from(people).expect("few");
    // Index entries of a row's versions before count too. If each person cost a whole table, it would be more than all people.
    assert!(each < 60, "{each} rows for each person told by a comment: {:?}", read.0);
    println!("{each} rows for each person told by a comment: {:?}", read.0);
}

//! `lockstep-bench inbox`: what one person reads over all their projects, and what telling people costs the commands that tell.
//!
//! First somebody in 200 projects with 10,000 assigned tasks and 10,000 notifications reads My tasks and the inbox, while
//! commands are committed in all 200: each below 50 ms at the 95th percentile. Then 200 members get 50 comments a second.
//! In every other run each comment mentions five of them, and everybody follows the task. In the runs between, nobody is told.
//! The 99th percentile of the acknowledgements may be 1.5 times as long where people are told.

use crate::lists::{LIMIT, measure};
use anyhow::ensure;
use futures_util::future::join_all;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use testkit::{Api, Cluster, User};
use tokio::task::JoinHandle;
use uuid::Uuid;

const PROJECTS: usize = 200;
const TASKS: usize = 50;
const NOTIFICATIONS: i64 = 10_000;
/// Pause between the commands that run meanwhile.
const MEANWHILE: Duration = Duration::from_millis(20);

const LISTS: [&str; 8] = [
    "/me/notifications",
    "/me/notifications?limit=200",
    "/me/notifications?unread=true",
    "/me/notifications?cause=mentioned",
    "/me/tasks",
    "/me/tasks?category=open&sort=-priority",
    "/me/watching",
    "/me/mutes",
];

const MEMBERS: usize = 200;
const MENTIONED: usize = 5;
const HOT_TASKS: usize = 10;
const PER_SECOND: u32 = 50;
const SECONDS: u32 = 15;
const ROUNDS: usize = 3;
const MOST: f64 = 1.5;

pub async fn run() -> anyhow::Result<()> {
    reading().await?;
    telling().await
}

async fn reading() -> anyhow::Result<()> {
    let cluster = Cluster::start(1).await;
    let (writer, reader) = (cluster.user("Wanda").await, cluster.user("Rita").await);
    let started = Instant::now();
    let projects = crowded(&cluster, &writer, &reader).await?;
    println!("{PROJECTS} projects filled in {:.1} s", started.elapsed().as_secs_f64());
    let writing = commands(cluster.api(0, &writer), projects.clone());
    let api = cluster.api(0, &reader);
    let mut slow = 0;
    println!("{:>8} {:>8} {:>8}  ms", "p50", "p95", "most");
    for list in LISTS {
        slow += usize::from(measure(&api, list, list).await > LIMIT);
    }
    let of_one = format!("/me/notifications?project={}", projects[0].0);
    slow += usize::from(measure(&api, "/me/notifications?project=", &of_one).await > LIMIT);
    let path = deep(&api).await;
    slow += usize::from(measure(&api, "/me/notifications?cursor=, the last page", &path).await > LIMIT);
    writing.abort();
    ensure!(slow == 0, "{slow} of them take longer than {} ms at the 95th percentile", LIMIT.as_millis());
    Ok(())
}

/// Projects in which the reader is assigned to every task, and an inbox of rows from all of them.
async fn crowded(cluster: &Cluster, writer: &User, reader: &User) -> anyhow::Result<Vec<(Uuid, Uuid)>> {
    let api = cluster.api(0, writer);
    let mut projects = Vec::new();
    for number in 0..PROJECTS {
        let project = api.create_project(&format!("Project {number}")).await;
        api.add_member(project, reader, "editor").await;
        let tasks: Vec<Uuid> = (0..TASKS).map(|_| Uuid::now_v7()).collect();
        let create = |id: &Uuid| json!({"type": "task.create", "id": id, "title": "A task like any other", "assignees": [reader.id]});
        api.commands(project, tasks.iter().map(create).collect()).await.expect(200);
        projects.push((project, tasks[0]));
    }
    let sql = cluster.database.sql().await;
    let fill = "INSERT INTO notifications \
        (user_id, project_id, about, cause, version, count, actor, unread, created_at, updated_at) \
        SELECT $1, t.project_id, t.id, (ARRAY['changed', 'assigned', 'mentioned', 'replied'])[1 + n % 4], n, 1, $2, n % 3 = 0, \
            now() - make_interval(secs => $3 - n), now() - make_interval(secs => $3 - n) \
        FROM (SELECT *, row_number() OVER (ORDER BY id) AS n FROM tasks) t WHERE n <= $3 ORDER BY n";
    sql.execute(fill, &[&reader.id, &writer.id, &NOTIFICATIONS]).await?;
    sql.batch_execute("VACUUM ANALYZE").await?;
    Ok(projects)
}

/// Commands in all projects in turn, as long as it runs.
fn commands(api: Api, projects: Vec<(Uuid, Uuid)>) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut every = tokio::time::interval(MEANWHILE);
        for (round, (project, task)) in projects.iter().cycle().enumerate() {
            every.tick().await;
            let path = format!("/projects/{project}/tasks/{task}");
            api.patch(&path, json!({"title": format!("Title {round}")})).await.expect(200);
        }
    })
}

/// The path of the inbox' last page.
async fn deep(api: &Api) -> String {
    let mut path = "/me/notifications?limit=200".to_owned();
    loop {
        let page = api.get(&path).await.expect(200).body;
        let Some(cursor) = page["next_cursor"].as_str() else { return path };
        path = format!("/me/notifications?limit=200&cursor={cursor}");
    }
}

/// A project whose members talk.
struct Talk {
    project: Uuid,
    tasks: Vec<Uuid>,
    members: Vec<User>,
}

async fn telling() -> anyhow::Result<()> {
    let cluster = Cluster::start(1).await;
    let talk = talk(&cluster).await?;
    let sql = cluster.database.sql().await;
    let (mut quiet, mut loud) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        sql.batch_execute("DELETE FROM watchers").await?;
        sql.batch_execute("UPDATE users SET auto_watch = false").await?;
        quiet.push(comments(&cluster, &talk, false).await);
        sql.batch_execute("UPDATE users SET auto_watch = true").await?;
        let all = "INSERT INTO watchers (project_id, task_id, user_id) \
            SELECT m.project_id, t.id, m.user_id FROM members m JOIN tasks t USING (project_id) WHERE m.project_id = $1";
        sql.execute(all, &[&talk.project]).await?;
        loud.push(comments(&cluster, &talk, true).await);
    }
    let deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
    let deadlocks: i64 = sql.query_one(deadlocks, &[]).await?.get(0);
    let told: i64 =
        sql.query_one("SELECT coalesce(sum(count), 0)::bigint FROM notifications", &[]).await?.get(0);
    let (quiet, loud) = (median(quiet), median(loud));
    let ratio = loud.1 / quiet.1;
    println!(
        "{PER_SECOND} comments a second among {MEMBERS} members, medians of {ROUNDS} runs of {SECONDS} s:"
    );
    println!("  nobody told: p50 {:.1} ms, p99 {:.1} ms", quiet.0, quiet.1);
    println!(
        "  everybody told: p50 {:.1} ms, p99 {:.1} ms; {told} times in all, {deadlocks} deadlocks",
        loud.0, loud.1
    );
    ensure!(deadlocks == 0, "{deadlocks} deadlocks");
    ensure!(ratio <= MOST, "the 99th percentile is {ratio:.2} times as long, at most {MOST}");
    Ok(())
}

async fn talk(cluster: &Cluster) -> anyhow::Result<Talk> {
    let members = cluster.users(MEMBERS).await;
    let owner = cluster.api(0, &members[0]);
    let project = owner.create_project("Talk").await;
    owner.meet(&members[1..]).await;
    let add = |user: &User| json!({"type": "member.add", "user": user.id, "role": "editor"});
    owner.commands(project, members[1..].iter().map(add).collect()).await.expect(200);
    let tasks: Vec<Uuid> = (0..HOT_TASKS).map(|_| Uuid::now_v7()).collect();
    let create = |id: &Uuid| json!({"type": "task.create", "id": id, "title": "A task that many follow"});
    owner.commands(project, tasks.iter().map(create).collect()).await.expect(200);
    Ok(Talk { project, tasks, members })
}

/// Comments at a fixed rate: the medians and the 99th percentile of their acknowledgements, in milliseconds.
async fn comments(cluster: &Cluster, talk: &Talk, mention: bool) -> (f64, f64) {
    let mut every = tokio::time::interval(Duration::from_secs(1) / PER_SECOND);
    let mut sent = Vec::new();
    for number in 0..(PER_SECOND * SECONDS) as usize {
        every.tick().await;
        let api = cluster.api(0, &talk.members[number % MEMBERS]);
        let path = format!("/projects/{}/tasks/{}/comments", talk.project, talk.tasks[number % HOT_TASKS]);
        let body = json!({"body": body(talk, number, mention)});
        sent.push(tokio::spawn(async move { acknowledged(&api, &path, body).await }));
    }
    let mut times: Vec<f64> = join_all(sent).await.into_iter().map(|time| time.expect("answered")).collect();
    times.sort_by(f64::total_cmp);
    (times[times.len() / 2], times[times.len() * 99 / 100])
}

async fn acknowledged(api: &Api, path: &str, body: Value) -> f64 {
    let started = Instant::now();
    api.post(path, body).await.expect(201);
    started.elapsed().as_secs_f64() * 1e3
}

/// A text that mentions five members. Without `mention` it has five ids to which no account belongs, so both are equally long.
fn body(talk: &Talk, number: usize, mention: bool) -> String {
    let id = |n: usize| match mention {
        true => talk.members[(number * 7 + n * 31) % MEMBERS].id,
        false => Uuid::from_u128((number * MENTIONED + n) as u128),
    };
    (0..MENTIONED).map(|n| format!("<@{}> ", id(n))).collect()
}

fn median(mut runs: Vec<(f64, f64)>) -> (f64, f64) {
    runs.sort_by(|a, b| a.1.total_cmp(&b.1));
    runs[runs.len() / 2]
}

//! `lockstep-bench lists`: how long lists and searches take in a project of 100,000 tasks, beside another one of the same
//! size. The contract: each below 50 ms at the 95th percentile.

use serde_json::json;
use std::time::{Duration, Instant};
use testkit::{Api, Cluster};

const TASKS: i32 = 100_000;
const ROUNDS: usize = 100;
pub const LIMIT: Duration = Duration::from_millis(50);

/// Tasks as a team has them: titles of common words, a description with some of its own, a comment on every fifth.
const FILL: &str = "INSERT INTO tasks SELECT p.project_id, gen_random_uuid(), n, \
    (ARRAY['Paint', 'Fix', 'Write', 'Check', 'Move', 'Order', 'Clean', 'Plan'])[1 + n % 8] || ' the ' || \
    (ARRAY['door', 'checkout', 'shelf', 'invoice', 'printer', 'basket', 'fence', 'lamp'])[1 + (n / 8) % 8] || ' ' || n, \
    'Words that many tasks have in common, and some of its own: ' || md5(n::text) || ' and ' || md5((n % 1000)::text), \
    (ARRAY['backlog', 'todo', 'in_progress', 'in_review', 'done', 'cancelled'])[1 + n % 6], \
    CASE WHEN n % 5 = 0 THEN '{}' ELSE ARRAY[CASE WHEN n % 20 = 1 THEN p.created_by ELSE \
        ('22222222-2222-7222-8222-' || lpad((n % 50)::text, 12, '0'))::uuid END] END, \
    CASE WHEN n % 3 = 0 THEN ARRAY['bug'] WHEN n % 3 = 1 THEN ARRAY['bug', 'area' || n % 50] ELSE '{}' END \
    || CASE WHEN n > 60000 THEN '{late}' ELSE '{}' END::text[], \
    (ARRAY['none', 'low', 'medium', 'high', 'urgent'])[1 + (n * 7) % 5], \
    CASE WHEN n % 4 = 1 THEN date '2026-11-01' + n % 90 END, NULL, 'b' || lpad(n::text, 7, '0'), NULL, '{}', jsonb_build_object('size', (ARRAY['S', 'M', 'L'])[1 + n % 3], \
    'customer', 'Customer ' || n % 10000) || CASE WHEN n % 1000 = 0 THEN jsonb_build_object('rare', 'x') ELSE '{}' END, 0, n, \
    now(), p.created_by, now() - make_interval(secs => n * 60), NULL \
    FROM tasks p, generate_series(2, $2::int) AS n WHERE p.project_id = $1 AND p.number = 1";
const TALK: &str = "INSERT INTO comments (project_id, id, task_id, author, body, version, created_at, updated_at) \
    SELECT project_id, gen_random_uuid(), id, created_by, 'Said about it: ' || md5(number::text) || ' works, as agreed.', \
    number, created_at, updated_at FROM tasks WHERE project_id = $1 AND number % 5 = 0";

const LISTS: [&str; 44] = [
    "/tasks",
    "/tasks?limit=200",
    "/tasks?sort=-updated_at",
    "/tasks?sort=due_on",
    "/tasks?sort=-priority",
    "/tasks?status=in_progress",
    "/tasks?status=todo&status=done&sort=-updated_at",
    "/tasks?assignee=me",
    "/tasks?assignee=me&status=done&sort=due_on",
    "/tasks?assignee=none&sort=-priority",
    "/tasks?assignee=none&sort=priority",
    "/tasks?label=bug",
    "/tasks?label=bug&sort=-updated_at",
    "/tasks?label=area7",
    "/tasks?label=bug&priority=urgent",
    "/tasks?label=bug&status=cancelled&sort=updated_at",
    "/tasks?label=late&sort=number",
    "/tasks?label=late&priority=low&sort=-updated_at",
    "/tasks?label=absent",
    "/tasks?due_from=2026-12-01&due_before=2026-12-08&sort=due_on",
    "/tasks?number=99999",
    "/tasks?blocked=true",
    "/tasks?ready=true&sort=-priority",
    "/tasks?created_by=me&sort=-updated_at",
    "/tasks?deleted=true",
    "/tasks?priority=urgent&sort=priority",
    "/tasks?parent=none&sort=number",
    "/tasks?label=none",
    "/tasks?label=none&sort=-updated_at",
    "/tasks?label_not=late",
    "/tasks?label_not=bug&label_not=late&sort=number",
    "/tasks?label_all=bug&label_all=late&sort=-priority",
    "/tasks?assignee_not=me&assignee_not=none",
    "/tasks?sort=-due_on",
    "/tasks?label=area7&sort=-due_on",
    "/tasks?updated_since=2026-01-01T00:00:00Z",
    "/tasks?deleted=true&updated_since=2026-01-01T00:00:00Z",
    "/tasks?field.size=S",
    "/tasks?field.rare=x&sort=-updated_at",
    "/tasks?field.customer=Customer+77&label=area7",
    "/tasks?q=door",
    "/tasks?q=paint+do",
    "/tasks?q=w",
    "/tasks?q=common&status=done&sort=-updated_at",
];
const EVERYWHERE: [&str; 4] =
    ["/search?q=agreed", "/search?q=fix+inv", "/me/tasks", "/me/tasks?category=open&sort=-priority"];

pub async fn run() -> anyhow::Result<()> {
    let cluster = Cluster::start(1).await;
    let person = cluster.user("Bea").await;
    let api = cluster.api(0, &person);
    let sql = cluster.database.sql().await;
    let mut projects = Vec::new();
    for name in ["Large", "Another"] {
        let project = api.create_project(name).await;
        api.create_task(project, "The first").await;
        let areas = (0..50).map(|n| format!("area{n}"));
        for key in areas.chain(["bug", "late", "absent"].map(str::to_owned)) {
            let label = json!({"name": key, "color": "#336699"});
            api.put(&format!("/projects/{project}/labels/{key}"), label).await.expect(200);
        }
        for (key, kind, options) in
            [("size", "select", "SML"), ("rare", "select", "xy"), ("customer", "text", "")]
        {
            let options: Vec<_> = options.chars().map(|key| json!({"key": key, "name": key})).collect();
            let options = if options.is_empty() { json!(null) } else { json!(options) };
            let field = json!({"name": key, "type": kind, "options": options});
            api.put(&format!("/projects/{project}/fields/{key}"), field).await.expect(200);
        }
        let started = Instant::now();
        sql.execute(FILL, &[&project, &TASKS]).await?;
        sql.execute(TALK, &[&project]).await?;
        println!("{TASKS} tasks written in {:.1} s", started.elapsed().as_secs_f64());
        projects.push(project);
    }
    for table in ["tasks", "found_by", "listed_by", "comments"] {
        sql.batch_execute(&format!("VACUUM ANALYZE {table}")).await?;
    }
    let mut slow = 0;
    println!("{:>8} {:>8} {:>8}  ms", "p50", "p95", "most");
    for list in LISTS {
        slow += usize::from(measure(&api, list, &format!("/projects/{}{list}", projects[0])).await > LIMIT);
    }
    for list in EVERYWHERE {
        slow += usize::from(measure(&api, list, list).await > LIMIT);
    }
    anyhow::ensure!(
        slow == 0,
        "{slow} of them take longer than {} ms at the 95th percentile",
        LIMIT.as_millis()
    );
    Ok(())
}

/// The 95th percentile.
pub async fn measure(api: &Api, name: &str, path: &str) -> Duration {
    for _ in 0..5 {
        api.get(path).await.expect(200);
    }
    let mut times = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let started = Instant::now();
        api.get(path).await.expect(200);
        times.push(started.elapsed());
    }
    times.sort();
    let at = |share: f64| times[((ROUNDS as f64 * share) as usize).min(ROUNDS - 1)];
    let ms = |time: Duration| format!("{:.1}", time.as_secs_f64() * 1e3);
    println!("{:>8} {:>8} {:>8}  {name}", ms(at(0.5)), ms(at(0.95)), ms(at(1.0)));
    at(0.95)
}

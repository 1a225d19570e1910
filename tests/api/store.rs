//! What Postgres itself must guarantee, and what an instance refuses to start on.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use futures_util::future::join_all;
use reqwest::Method;
use testkit::wait::within;
use testkit::{Cluster, Database, binary, token};

use crate::support::{SOON, Team};

/// Proves L3.
#[tokio::test(flavor = "multi_thread")]
async fn the_log_refuses_update_delete_and_truncate() {
    let team = Team::start(1).await;
    let before = team.digest().await;
    let sql = team.cluster.database.sql().await;
    let mut statements: Vec<String> =
        ["UPDATE events SET body = ''", "DELETE FROM events", "TRUNCATE events"].map(str::to_owned).into();
    for part in 0..16 {
        statements.push(format!("TRUNCATE events_{part:02}"));
        statements.push(format!("TRUNCATE events_{part:02} CASCADE"));
    }
    statements.push("UPDATE events SET version = version + 1000".to_owned());
    let partition = "SELECT tableoid::regclass::text FROM events WHERE project_id = $1 LIMIT 1";
    let own: String = sql.query_one(partition, &[&team.project]).await.expect("a partition").get(0);
    statements.push(format!("DELETE FROM {own}"));
    statements.push(format!("UPDATE {own} SET body = ''"));
    for statement in statements {
        let refused = sql.batch_execute(&statement).await.expect_err(&statement);
        let message = refused.as_db_error().map(|error| error.message().to_owned()).unwrap_or_default();
        assert!(message.contains("is append-only"), "{statement}: {message}");
    }
    team.unchanged(&before).await;
    team.cluster.whole_log(team.project, &team.owner).await;
}

/// Proves L1, L6.
#[tokio::test(flavor = "multi_thread")]
async fn a_version_or_a_command_id_twice_is_refused_by_the_table() {
    let team = Team::start(1).await;
    let sql = team.cluster.database.sql().await;
    let copy = |version: &str, command: &str| {
        format!(
            "INSERT INTO events SELECT project_id, {version}, type, access, at, actor, {command}, body, total_bytes \
             FROM events WHERE version = 2"
        )
    };
    for statement in [copy("version", "gen_random_uuid()"), copy("version + 1000", "command_id")] {
        let refused = sql.batch_execute(&statement).await.expect_err(&statement);
        assert_eq!(refused.code(), Some(&tokio_postgres::error::SqlState::UNIQUE_VIOLATION), "{statement}");
    }
}

fn program(arguments: &[&str], database: &str) -> tokio::process::Command {
    let mut command = tokio::process::Command::new(binary::lockstep());
    command.args(arguments).env("DATABASE_URL", database).env("LOCKSTEP_TOKEN_SECRET", token::SECRET);
    command.env("LOCKSTEP_LISTEN", "127.0.0.1:0").env("LOCKSTEP_OPERATOR_LISTEN", "127.0.0.1:0");
    command.env_remove("REDIS_URL").stdin(Stdio::null()).kill_on_drop(true);
    command
}

/// A database without any schema, in the place of a test's own.
async fn emptied() -> Database {
    let database = Database::create().await;
    database
        .sql()
        .await
        .batch_execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        .await
        .expect("an empty schema");
    database
}

#[tokio::test(flavor = "multi_thread")]
async fn six_processes_migrate_at_once_and_each_migration_runs_once() {
    let database = emptied().await;
    let runs = (0..6).map(|_| program(&["migrate"], database.url().as_str()).output());
    let mut applied = Vec::new();
    for output in within("six migrations", Duration::from_secs(60), join_all(runs)).await {
        let output = output.expect("the program runs");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
        applied.extend(said.lines().filter(|line| line.starts_with("Applied")).map(str::to_owned));
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations");
    let wanted = std::fs::read_dir(folder).expect("the migrations").count();
    let once: BTreeSet<&String> = applied.iter().collect();
    assert_eq!((applied.len(), once.len()), (wanted, wanted), "{applied:?}");
    let identities = "SELECT count(*) FROM log_identity";
    let identities: i64 = database.sql().await.query_one(identities, &[]).await.expect("a count").get(0);
    assert_eq!(identities, 1);
}

/// `serve` must end by itself, with one sentence that says what to do.
async fn refuses_to_start(database: &str, sentence: &[&str]) {
    let output = within("serve to refuse", SOON, program(&["serve"], database).output())
        .await
        .expect("the program runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && sentence.iter().all(|part| said.contains(part)), "{said}");
    assert!(!said.contains("panicked") && said.lines().count() <= 2, "one clear sentence: {said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_refuses_a_schema_that_lacks_a_migration() {
    let empty = emptied().await;
    refuses_to_start(empty.url().as_str(), &["run lockstep migrate"]).await;
    let behind = Database::create().await;
    let last = "DELETE FROM __diesel_schema_migrations WHERE version = (SELECT max(version) FROM __diesel_schema_migrations) RETURNING version";
    let version: String = behind.sql().await.query_one(last, &[]).await.expect("a migration").get(0);
    refuses_to_start(behind.url().as_str(), &["run lockstep migrate", &version]).await;
}

/// Proves L5.
#[tokio::test(flavor = "multi_thread")]
async fn an_instance_refuses_a_postgres_that_may_lose_what_it_acknowledged() {
    let database = Database::create().await;
    let off = format!("ALTER DATABASE {} SET synchronous_commit = off", database.name);
    database.sql().await.batch_execute(&off).await.expect("a setting");
    refuses_to_start(database.url().as_str(), &["synchronous_commit is off", "set it to on"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_runs_answers_503_when_synchronous_commit_is_turned_off() {
    let team =
        Team::of(Cluster::builder().postgres_proxied().env("LOCKSTEP_DATABASE_ACQUIRE_MS", "500")).await;
    let off = format!("ALTER DATABASE {} SET synchronous_commit = off", team.cluster.database.name);
    team.cluster.database.sql().await.batch_execute(&off).await.expect("a setting");
    team.cluster.instances[0].postgres().cut();
    team.owner().get("/me").await.expect_problem(503, "unavailable");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_setting_stops_the_start_with_one_sentence() {
    let database = Database::create().await;
    for (name, value, part) in [
        ("LOCKSTEP_SIGNUP", "perhaps", "allowed is open, invite, closed"),
        ("LOCKSTEP_LISTEN", "here", "LOCKSTEP_LISTEN"),
        ("LOCKSTEP_TOKEN_SECRET", "short", "32"),
        ("LOCKSTEP_BODY_BYTES", "-1", "LOCKSTEP_BODY_BYTES"),
        ("DATABASE_URL", "nonsense", "DATABASE_URL"),
        ("REDIS_URL", "http://x", "REDIS_URL"),
        ("LOCKSTEP_TRUSTED_PROXIES", "everybody", "LOCKSTEP_TRUSTED_PROXIES"),
        ("LOCKSTEP_ALLOWED_ORIGINS", "*", "LOCKSTEP_ALLOWED_ORIGINS"),
    ] {
        let run = program(&["serve"], database.url().as_str()).env(name, value).output();
        let output = within("serve to refuse", SOON, run).await.expect("the program runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains(name) && said.contains(part), "{name}: {said}");
        assert_eq!(said.trim().lines().count(), 1, "{name}: {said}");
    }
}

/// Proves E2.
#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_moved_rotates_all_epochs_exactly_once_however_many_instances_start() {
    let mut team = Team::start(3).await;
    let before = [team.digest().await.epoch, team.stranger().digest(team.foreign_project).await.epoch];
    let sql = team.cluster.database.sql().await;
    // A trigger counts what the epochs become.
    let watch = "CREATE TABLE seen (project uuid, epoch text); \
                 CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS \
                 $$ BEGIN INSERT INTO seen VALUES (NEW.id, NEW.epoch); RETURN NEW; END $$; \
                 CREATE TRIGGER note AFTER UPDATE OF epoch ON projects FOR EACH ROW EXECUTE FUNCTION note()";
    sql.batch_execute(watch).await.expect("a trigger");
    for moved in ["system_identifier = '7'", "timeline = '0000BEEF'"] {
        for instance in &mut team.cluster.instances {
            instance.kill();
        }
        sql.batch_execute(&format!("TRUNCATE seen; UPDATE log_identity SET {moved}"))
            .await
            .expect("an update");
        join_all(team.cluster.instances.iter_mut().map(|instance| instance.restart())).await;
        let after = [team.digest().await.epoch, team.stranger().digest(team.foreign_project).await.epoch];
        assert!(after.iter().all(|epoch| !before.contains(epoch)), "{moved}: {after:?}");
        let seen =
            sql.query_one("SELECT count(*), count(DISTINCT project) FROM seen", &[]).await.expect("counts");
        assert_eq!((seen.get::<_, i64>(0), seen.get::<_, i64>(1)), (2, 2), "{moved}: each project once");
        team.cluster.equal_digests(team.project, &team.owner, 1, SOON).await;
    }
    let old = team.path(&format!("/events?after=1&epoch={}", before[0]));
    team.owner().get(&old).await.expect_problem(409, "resync");
}

/// Proves L12.
#[tokio::test(flavor = "multi_thread")]
async fn an_aborted_request_leaves_no_transaction_open() {
    let team = Team::start(1).await;
    let (api, path) = (team.owner(), team.path("/tasks"));
    let aborted = (0..200).map(|n| {
        let request =
            api.request(Method::POST, &path).json(&serde_json::json!({"title": format!("Task {n}")}));
        async move { tokio::time::timeout(Duration::from_micros(200 * n), request.send()).await.is_ok() }
    });
    let answered = join_all(aborted).await.into_iter().filter(|answered| *answered).count() as u64;
    testkit::eventually("the transactions to end", SOON, || async {
        team.cluster.database.idle_in_transaction().await == 0
            && team.cluster.database.waiting_for_locks().await == 0
    })
    .await;
    let log = team.cluster.whole_log(team.project, &team.owner).await;
    assert!(log.len() as u64 >= 4 + answered, "what was answered is in the log");
    team.cluster.equal_digests(team.project, &team.owner, log.len() as u64, SOON).await;
}

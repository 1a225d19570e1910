//! The template that tests' databases are cloned from: made once for a set of migrations, whichever
//! test process comes first, and kept for later runs.
//!
//! It is built under another name and renamed when it is whole, so a template that exists is complete.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use sha2::{Digest, Sha256};
use tokio::process::Command;
use tokio::sync::OnceCell;
use tokio_postgres::Client;

use crate::{binary, services, token};

/// The advisory lock under which one process makes the template ("lockstep" in ASCII).
const LOCK: i64 = 0x6c6f_636b_7374_6570;
const MIGRATION_DEADLINE: Duration = Duration::from_secs(60);

/// The template's name; made if nobody has yet.
pub(super) async fn ready() -> String {
    static NAME: OnceCell<String> = OnceCell::const_new();
    NAME.get_or_init(make_if_missing).await.clone()
}

/// Makes the template unless it is there, also if it was and another build's run has dropped it.
pub(super) async fn make_if_missing() -> String {
    let program = binary::lockstep();
    let mark = mark(&program);
    let name = format!("lockstep_template_{mark}");
    let admin = super::admin().await;
    // A session lock: it goes with the connection, however this process ends.
    admin.execute("SELECT pg_advisory_lock($1)", &[&LOCK]).await.expect("the template's lock can be taken");
    if !exists(&admin, &name).await {
        make(&admin, &program, &name, &format!("lockstep_making_{mark}")).await;
    }
    admin
        .execute("SELECT pg_advisory_unlock($1)", &[&LOCK])
        .await
        .expect("the template's lock can be released");
    name
}

async fn exists(admin: &Client, name: &str) -> bool {
    let found = admin.query("SELECT 1 FROM pg_database WHERE datname = $1", &[&name]).await;
    !found.expect("pg_database can be read").is_empty()
}

async fn make(admin: &Client, program: &Path, name: &str, making: &str) {
    run(admin, &format!("DROP DATABASE IF EXISTS {making} WITH (FORCE)")).await;
    run(admin, &format!("CREATE DATABASE {making}")).await;
    migrate(program, making).await;
    // Nobody may connect to a template: cloning refuses one that is in use.
    run(admin, &format!("ALTER DATABASE {making} ALLOW_CONNECTIONS false")).await;
    let end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = $1";
    admin.execute(end, &[&making]).await.expect("leftover connections to the template can be ended");
    crate::wait::eventually(
        "the finished template to be free for its renaming",
        Duration::from_secs(20),
        || async { admin.batch_execute(&format!("ALTER DATABASE {making} RENAME TO {name}")).await.is_ok() },
    )
    .await;
    drop_others(admin, name).await;
}

async fn run(admin: &Client, statement: &str) {
    admin.batch_execute(statement).await.unwrap_or_else(|e| panic!("{statement}: {e:?}"));
}

pub(super) async fn migrate(program: &Path, database: &str) {
    let mut url = services::postgres_url();
    url.set_path(database);
    let child = Command::new(program)
        .arg("migrate")
        .env("DATABASE_URL", url.as_str())
        .env("LOCKSTEP_TOKEN_SECRET", token::SECRET)
        .env_remove("REDIS_URL")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = crate::wait::within("`lockstep migrate` to finish", MIGRATION_DEADLINE, child)
        .await
        .unwrap_or_else(|e| panic!("{} cannot be run: {e}", program.display()));
    assert!(
        output.status.success(),
        "`lockstep migrate` failed ({}):\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Templates of earlier migrations or builds. Those of the last hours may be another checkout's, which has its own build
/// beside this one and clones from its template all the time.
async fn drop_others(admin: &Client, name: &str) {
    let others = admin
        .query(
            r"SELECT datname FROM pg_database WHERE datname LIKE 'lockstep\_template\_%' AND datname <> $1
              AND (pg_stat_file('base/' || oid || '/PG_VERSION')).modification < now() - interval '6 hours'",
            &[&name],
        )
        .await
        .expect("pg_database can be read");
    for other in others.iter().map(|row| row.get::<_, String>(0)) {
        let _ = admin.batch_execute(&format!("DROP DATABASE IF EXISTS {other}")).await;
    }
}

/// Names the migrations (what the folder says) and the build that carries them embedded.
fn mark(program: &Path) -> String {
    let mut hash = Sha256::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    for file in files_below(&folder) {
        hash.update(file.strip_prefix(&folder).expect("files below the folder").to_string_lossy().as_bytes());
        hash.update(std::fs::read(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display())));
    }
    let built =
        std::fs::metadata(program).and_then(|m| m.modified()).expect("the program under test has a date");
    hash.update(format!("{} {built:?}", program.display()));
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    paths.into_iter().flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

//! PgBouncer between an instance and Postgres: one that keeps prepared statements serves, an older one is refused.
//! Uses the `pgbouncer` that is installed, or the one that `PGBOUNCER` names.

use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use testkit::{Database, binary, eventually, ports, token};

use crate::support::SOON;

/// The first version that keeps prepared statements in transaction mode.
const KEEPS_STATEMENTS: (u32, u32) = (1, 21);
/// PgBouncer refuses to run as root.
const NOBODY: u32 = 65_534;

struct Pooler {
    process: Child,
    url: String,
    folder: PathBuf,
}

impl Drop for Pooler {
    fn drop(&mut self) {
        self.process.kill().expect("PgBouncer is ours to stop");
        self.process.wait().expect("it ends");
        std::fs::remove_dir_all(&self.folder).expect("its folder is ours to remove");
    }
}

fn program() -> String {
    std::env::var("PGBOUNCER").unwrap_or_else(|_| "/usr/sbin/pgbouncer".to_owned())
}

/// `None`: none is installed.
fn version() -> Option<(u32, u32)> {
    let printed = Command::new(program()).arg("--version").output().ok()?;
    let text = String::from_utf8_lossy(&printed.stdout).into_owned();
    let mut numbers = text.lines().next()?.strip_prefix("PgBouncer ")?.split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

async fn before(database: &Database) -> Pooler {
    let direct = database.url();
    let port = ports::free();
    let folder = std::env::temp_dir().join(format!("lockstep-pgbouncer-{port}"));
    std::fs::create_dir_all(&folder).expect("a folder");
    let settings = format!(
        "[databases]\n* = host={} port={} user={} password={}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n\
         auth_type = any\npool_mode = transaction\nunix_socket_dir =\n",
        direct.host_str().expect("a host"),
        direct.port().unwrap_or(5432),
        direct.username(),
        direct.password().unwrap_or_default(),
    );
    let file = folder.join("pgbouncer.ini");
    std::fs::write(&file, settings).expect("settings");
    let mut command = Command::new(program());
    command.arg(&file).stdout(Stdio::null()).stderr(Stdio::null());
    if std::fs::metadata("/proc/self").expect("this process").uid() == 0 {
        std::os::unix::fs::chown(&folder, Some(NOBODY), None).expect("its folder");
        std::os::unix::fs::chown(&file, Some(NOBODY), None).expect("its settings");
        command.uid(NOBODY);
    }
    let process = command.spawn().expect("PgBouncer starts");
    eventually("PgBouncer to listen", SOON, || async {
        tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok()
    })
    .await;
    let mut url = direct.clone();
    url.set_port(Some(port)).expect("a port");
    Pooler { process, url: url.to_string(), folder }
}

/// What a subcommand says, and whether it was content.
fn lockstep(arguments: &[&str], database: &str) -> (bool, String) {
    let mut command = Command::new(binary::lockstep());
    command.args(arguments).env("DATABASE_URL", database).env("LOCKSTEP_TOKEN_SECRET", token::SECRET);
    command.env("LOCKSTEP_LISTEN", "127.0.0.1:0").env("LOCKSTEP_OPERATOR_LISTEN", "127.0.0.1:0");
    let output = command.env_remove("REDIS_URL").stdin(Stdio::null()).output().expect("the program runs");
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pooler_that_loses_prepared_statements_is_refused_and_one_that_keeps_them_serves() {
    let Some(version) = version() else {
        eprintln!("SKIPPED: PgBouncer is not installed (Debian: apt-get install pgbouncer)");
        return;
    };
    let database = Database::create().await;
    let (fine, said) = lockstep(&["doctor"], database.url().as_str());
    assert!(fine && !said.contains("PgBouncer"), "nothing in between: {said}");
    let limits = "a statement 5s, waiting for a lock 3s, pausing in a transaction 10s";
    assert!(said.contains(limits), "{said}");
    let pooler = before(&database).await;
    let (fine, said) = lockstep(&["doctor"], &pooler.url);
    if version < KEEPS_STATEMENTS {
        assert!(!fine && said.contains("upgrade it to 1.21"), "{said}");
        let (fine, said) = lockstep(&["serve"], &pooler.url);
        assert!(!fine && said.contains("upgrade it to 1.21"), "{said}");
        return;
    }
    assert!(fine && said.contains("keeps prepared statements") && said.contains(limits), "{said}");
    let (fine, said) = lockstep(&["seed", "--tasks", "100"], &pooler.url);
    assert!(fine, "{said}");
}

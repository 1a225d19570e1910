//! The bare loop: the statements of one command, driven by pgbench on the same database, without Lockstep.

use anyhow::{Context, ensure};
use std::path::PathBuf;
use std::process::Command;
use testkit::Cluster;

/// One command with everything that makes it safe; see there what stands for what.
pub const COMMAND: &str = include_str!("command.sql");
/// The least that can be committed.
pub const COMMIT: &str = include_str!("commit.sql");

pub struct Bare {
    program: PathBuf,
    url: String,
    /// Values of the scripts' variables.
    variables: Vec<String>,
}

#[derive(Debug, Clone, Copy)]
pub struct Ran {
    pub per_second: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
}

impl Bare {
    /// `None`: there is no pgbench on this machine.
    pub fn find(cluster: &Cluster, variables: Vec<String>) -> Option<Bare> {
        Some(Bare { program: program()?, url: cluster.database.url().to_string(), variables })
    }

    /// Runs a script with so many clients; `rate`: transactions a second, else as many as possible.
    ///
    /// # Errors
    /// When a statement fails: the schema has changed, and the script must.
    pub fn run(
        &self,
        script: &str,
        clients: usize,
        seconds: u64,
        rate: Option<f64>,
        variables: &[String],
    ) -> anyhow::Result<Ran> {
        let folder = std::env::temp_dir().join(format!("lockstep-bench-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let file = folder.join("script.sql");
        std::fs::write(&file, script)?;
        let mut command = Command::new(&self.program);
        command.current_dir(&folder).args(["-n", "-M", "prepared", "-l", "-f"]).arg(&file);
        command.args(["-c", &clients.to_string(), "-T", &seconds.to_string()]);
        for variable in self.variables.iter().chain(variables) {
            command.args(["-D", variable]);
        }
        if let Some(rate) = rate {
            command.args(["-R", &format!("{rate:.1}")]);
        }
        let output = command.arg(&self.url).output().context("running pgbench")?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let wrong = String::from_utf8_lossy(&output.stderr).into_owned();
        ensure!(output.status.success() && !wrong.contains("ERROR"), "pgbench failed: {wrong}");
        let latencies = latencies(&folder)?;
        std::fs::remove_dir_all(&folder)?;
        let tps = said.lines().find_map(|line| line.strip_prefix("tps = "));
        // On a machine that is busy otherwise, a short run may end before its first transaction did.
        let tps = tps.and_then(|rest| rest.split(' ').next()).unwrap_or("nan");
        Ok(Ran { per_second: tps.parse()?, p50_ms: latencies.p50(), p99_ms: latencies.p99() })
    }
}

/// The third column of pgbench's log: microseconds of each transaction.
fn latencies(folder: &std::path::Path) -> anyhow::Result<crate::load::Latencies> {
    let mut all = crate::load::Latencies::default();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("pgbench_log")) {
            let text = std::fs::read_to_string(path)?;
            all.0.extend(text.lines().filter_map(|line| line.split(' ').nth(2)?.parse::<u32>().ok()));
        }
    }
    Ok(all)
}

fn program() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let installed = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    folders.extend(installed.map(|entry| entry.path().join("bin")));
    folders.into_iter().map(|folder| folder.join("pgbench")).find(|program| program.is_file())
}

//! One `lockstep` child process and its signals. Synchronous, so that a guard can end it in `drop`.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use super::output::Output;

/// The program with these settings and no others: those of the machine must not reach into a test.
pub(super) fn command(program: &Path, env: &BTreeMap<String, String>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("LOCKSTEP_") {
            command.env_remove(name);
        }
    }
    for name in ["DATABASE_URL", "DATABASE_REPLICA_URL", "REDIS_URL"] {
        command.env_remove(name);
    }
    command.envs(env);
    command
}

/// A running process; killed when dropped.
pub(super) struct Process {
    child: Child,
}

impl Process {
    pub(super) fn spawn(
        program: &Path,
        arguments: &[&str],
        env: &BTreeMap<String, String>,
        output: &Output,
    ) -> Self {
        let mut child = command(program, env)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|e| panic!("{} cannot be started: {e}", program.display()));
        output.collect(child.stdout.take().expect("standard output is piped"));
        output.collect(child.stderr.take().expect("standard error is piped"));
        Self { child }
    }

    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Its end, if it has ended.
    pub(super) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("a child can be asked whether it ended")
    }

    /// SIGKILL, and waits until it is gone: nothing of it runs any more.
    pub(super) fn kill(&mut self) {
        // An error means that it had ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    pub(super) fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(self.child.id() as i32).expect("a child's id is not zero");
        // An error means that it had ended by itself.
        let _ = kill_process(pid, signal);
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

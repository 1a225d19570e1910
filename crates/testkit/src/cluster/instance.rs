//! One instance: a `lockstep serve` process that can be killed, stopped, paused and started again.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::Duration;

use rustix::process::Signal;

use super::output::Output;
use super::process::Process;
use crate::http::Api;
use crate::proxy::{Postgres, Proxy, Redis};
use crate::{http, ports, wait};

const READY_DEADLINE: Duration = Duration::from_secs(30);
const PROBE_DEADLINE: Duration = Duration::from_secs(2);
const STOP_DEADLINE: Duration = Duration::from_secs(30);
/// How many ports are tried, because another process may take a chosen one first.
const STARTS: usize = 3;
const SHOWN: usize = 80;

/// One member of a [`crate::Cluster`].
pub struct Instance {
    // First, because fields are dropped in this order: no process may outlive its proxies and log what it lost.
    process: Option<Process>,
    /// `LOCKSTEP_INSTANCE`, and what `x-instance` says.
    pub name: String,
    /// What it printed, over all its lives.
    pub output: Output,
    pub(super) postgres: Option<Proxy<Postgres>>,
    pub(super) redis: Option<Proxy<Redis>>,
    program: PathBuf,
    env: BTreeMap<String, String>,
    port: u16,
    operator_port: u16,
}

impl Instance {
    /// Starts a process and waits until it is ready.
    ///
    /// # Panics
    /// With the end of what it printed, when it is not ready in time.
    pub(super) async fn start(
        name: String,
        program: PathBuf,
        env: BTreeMap<String, String>,
        postgres: Option<Proxy<Postgres>>,
        redis: Option<Proxy<Redis>>,
    ) -> Self {
        let (output, process) = (Output::default(), None);
        let (port, operator_port) = (0, 0);
        let mut instance = Self { name, output, postgres, redis, program, env, port, operator_port, process };
        for _ in 1..STARTS {
            instance.take_ports();
            instance.spawn();
            match instance.become_ready().await {
                Ok(()) => return instance,
                Err(_) if instance.output.contains("in use") => {}
                Err(reason) => panic!("{reason}"),
            }
        }
        instance.take_ports();
        instance.start_again().await;
        instance
    }

    /// `http://127.0.0.1:port`
    pub fn http(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The address of the socket.
    pub fn ws(&self) -> String {
        format!("ws://127.0.0.1:{}/connection/websocket", self.port)
    }

    /// `host:port`, for a [`crate::socket::Wire`].
    pub fn authority(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The operator's side: health and `/metrics`.
    pub fn operator(&self) -> String {
        format!("http://127.0.0.1:{}", self.operator_port)
    }

    /// A metric by name and labels as `/metrics` shows them, such as `lockstep_http_answers_total{status="2xx"}`; what was
    /// never counted is 0.
    ///
    /// # Panics
    /// When the operator's address does not answer.
    pub async fn metric(&self, name: &str) -> f64 {
        let answer = Api::new(self.operator()).get("//metrics").await.expect(200);
        let text = answer.body.as_str().expect("metrics are text");
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        value.map_or(0.0, |value| value.parse().unwrap_or_else(|e| panic!("{name} is {value}: {e}")))
    }

    /// A client without a token.
    pub fn api(&self) -> Api {
        Api::new(self.http())
    }

    /// The proxy towards Postgres.
    ///
    /// # Panics
    /// Unless the cluster was built with `postgres_proxied()`.
    pub fn postgres(&self) -> &Proxy<Postgres> {
        self.postgres.as_ref().expect("the cluster was built with postgres_proxied()")
    }

    /// The proxy towards Redis.
    ///
    /// # Panics
    /// Unless the cluster was built with `redis_proxied()`.
    pub fn redis(&self) -> &Proxy<Redis> {
        self.redis.as_ref().expect("the cluster was built with redis_proxied()")
    }

    /// The process' id, while there is one.
    pub fn pid(&self) -> Option<u32> {
        self.process.as_ref().map(Process::pid)
    }

    /// SIGKILL; returns when the process is gone.
    pub fn kill(&mut self) {
        self.process = None;
    }

    /// SIGTERM, and the wait for an orderly end.
    ///
    /// # Panics
    /// With the end of what it printed, when it does not end in time.
    pub async fn stop(&mut self) -> ExitStatus {
        let Some(mut process) = self.process.take() else { panic!("{} is not running", self.name) };
        process.signal(Signal::TERM);
        let started = std::time::Instant::now();
        loop {
            if let Some(status) = process.ended() {
                return status;
            }
            let late = started.elapsed() > STOP_DEADLINE;
            assert!(
                !late,
                "{} did not end after SIGTERM; it printed:\n{}",
                self.name,
                self.output.tail(SHOWN)
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// SIGTERM without waiting: the instance begins to drain.
    pub fn begin_stop(&self) {
        self.signal(Signal::TERM);
    }

    /// SIGINT, as Ctrl-C sends it.
    pub fn interrupt(&self) {
        self.signal(Signal::INT);
    }

    /// SIGSTOP: the process hangs, its connections stay open.
    pub fn pause(&self) {
        self.signal(Signal::STOP);
    }

    /// Ends [`Self::pause`].
    pub fn resume(&self) {
        self.signal(Signal::CONT);
    }

    /// A setting, from its next start on.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.env.insert(name.to_owned(), value.into());
    }

    /// Kills it if it still runs, and starts it again on the same port.
    pub async fn restart(&mut self) {
        self.kill();
        self.start_again().await;
    }

    /// Another build of the program, from its next start on.
    pub fn update(&mut self, program: PathBuf) {
        self.program = program;
    }

    /// Kills it if it still runs, and starts it again on another port.
    pub async fn restart_elsewhere(&mut self) {
        self.kill();
        self.take_ports();
        self.start_again().await;
    }

    async fn start_again(&mut self) {
        self.spawn();
        if let Err(reason) = self.become_ready().await {
            panic!("{reason}");
        }
    }

    fn take_ports(&mut self) {
        (self.port, self.operator_port) = (ports::free(), ports::free());
        let addresses = [
            ("LOCKSTEP_LISTEN", self.authority()),
            ("LOCKSTEP_OPERATOR_LISTEN", format!("127.0.0.1:{}", self.operator_port)),
        ];
        self.env.extend(addresses.map(|(name, value)| (name.to_owned(), value)));
        let public_url = self.http();
        self.env.entry("LOCKSTEP_PUBLIC_URL".to_owned()).or_insert(public_url);
    }

    fn spawn(&mut self) {
        self.output.push(format!("--- testkit starts {} on port {}", self.name, self.port));
        self.process = Some(Process::spawn(&self.program, &["serve"], &self.env, &self.output));
    }

    async fn become_ready(&mut self) -> Result<(), String> {
        let url = format!("{}/health/ready", self.http());
        let client = http::client().timeout(PROBE_DEADLINE).build().expect("a plain client can be built");
        let started = std::time::Instant::now();
        let mut last = "no answer yet".to_owned();
        while started.elapsed() < READY_DEADLINE {
            if let Some(status) = self.process.as_mut().and_then(Process::ended) {
                // Its pipes may still hold the sentence that says why.
                tokio::time::sleep(Duration::from_millis(100)).await;
                return Err(format!(
                    "{} ended ({status}); it printed:\n{}",
                    self.name,
                    self.output.tail(SHOWN)
                ));
            }
            match client.get(&url).send().await {
                Ok(answer) if answer.status() == 200 => return Ok(()),
                Ok(answer) => {
                    last = format!("{} {}", answer.status(), answer.text().await.unwrap_or_default())
                }
                Err(e) => last = e.to_string(),
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let printed = self.output.tail(SHOWN);
        Err(format!("{url} was not ready in {READY_DEADLINE:?} (last: {last}); it printed:\n{printed}"))
    }

    /// Any signal.
    ///
    /// # Panics
    /// When it is not running.
    pub fn signal(&self, signal: Signal) {
        self.process.as_ref().unwrap_or_else(|| panic!("{} is not running", self.name)).signal(signal);
    }

    /// Waits until the instance says it is ready again, for instance after a fault.
    pub async fn ready(&self, timeout: Duration) {
        let url = format!("{}/health/ready", self.http());
        let client = http::client().timeout(PROBE_DEADLINE).build().expect("a plain client can be built");
        wait::eventually(&format!("{url} to be ready"), timeout, || async {
            client.get(&url).send().await.is_ok_and(|answer| answer.status() == 200)
        })
        .await;
    }
}

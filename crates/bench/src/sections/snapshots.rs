//! Snapshots of a 5 MB project a second, beside nginx serving the very same compressed bytes from a file.

use super::Sizes;
use crate::load::drive::{Load, OPEN};
use crate::machine;
use crate::report::{Report, Row, Wanted};
use crate::servers::listens;
use crate::world::{World, commands, project_id, task_id};
use anyhow::ensure;
use serde_json::json;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use testkit::ports;

const CLIENTS: usize = 16;
/// What browsers of today accept, as far as Lockstep has it.
const ACCEPTED: &str = "zstd, gzip";
/// Tasks of about a kilobyte each.
const TASKS: usize = 4_600;
const WORDS: [&str; 24] = [
    "paint",
    "the",
    "north",
    "wall",
    "before",
    "rain",
    "and",
    "tell",
    "everybody",
    "who",
    "waits",
    "for",
    "a",
    "colour",
    "that",
    "nobody",
    "ordered",
    "yet",
    "invoice",
    "from",
    "spring",
    "still",
    "open",
    "please",
];

/// A project's snapshot as it is served.
pub struct Served {
    project: usize,
    encoding: String,
    bytes: Vec<u8>,
    /// Length without any encoding.
    plain: usize,
    /// How many more bytes were resident in the instance while it was built and first served.
    memory: u64,
}

/// Makes a project with tasks that have something to say, and loads its snapshot from an instance that has just started.
pub async fn fill(world: &mut World, project: usize, tasks: usize) -> anyhow::Result<Served> {
    world.projects(project..project + 1, 0).await?;
    let mut state = 88_172_645_463_325_252u64;
    let mut text = |words: usize| {
        let word = |_| {
            // xorshift64: the same text in every run, and no better to compress than prose.
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let word = WORDS[(state % WORDS.len() as u64) as usize];
            if state.is_multiple_of(5) { format!("{word}-{}", state % 9_973) } else { word.to_owned() }
        };
        (0..words).map(word).collect::<Vec<_>>().join(" ")
    };
    let create = |task: usize| json!({"type": "task.create", "id": task_id(project, task), "title": text(6), "description": text(90)});
    commands(&world.api(), project, (0..tasks).map(create).collect()).await?;
    world.cluster.instances[0].restart().await;
    let pid = world.pids()[0];
    let before = machine::resident_bytes(pid)?;
    machine::forget_peak(pid)?;
    let (_, plain) = fetch(world, project, "identity").await?;
    let (encoding, bytes) = fetch(world, project, ACCEPTED).await?;
    let memory = machine::peak_bytes(pid)?.saturating_sub(before);
    Ok(Served { project, encoding, bytes, plain: plain.len(), memory })
}

pub fn run(
    world: &World,
    sizes: &Sizes,
    served: &Served,
    growth: usize,
    report: &mut Report,
) -> anyhow::Result<()> {
    let section = if growth == 1 { "snapshots" } else { super::GROWTH };
    let path = format!("/api/v1/projects/{}/snapshot", project_id(served.project));
    let Served { encoding, bytes, .. } = served;
    let token = world.owner.fresh_token(testkit::token::TTL);
    let Some(nginx) = Nginx::start(encoding, bytes)? else {
        report.skip("no nginx here (Debian: apt-get install nginx-light): snapshots stand beside nothing");
        return Ok(());
    };
    let (mut ours, mut theirs, mut cpu) = (0.0, 0.0, (0.0, 0.0));
    let addresses = world.addresses();
    for _ in 0..sizes.rounds {
        let before = (world.cpu().instances, nginx.cpu());
        let done = get(&addresses, &path, &token, sizes.time)?;
        let done_there = get(&[nginx.address], "/snapshot", "", sizes.time)?;
        ours += done.per_second() / sizes.rounds as f64;
        theirs += done_there.per_second() / sizes.rounds as f64;
        let each = |seconds: f64, n: u64| seconds * 1e6 / n as f64 / sizes.rounds as f64;
        cpu.0 += each(world.cpu().instances - before.0, done.answered);
        cpu.1 += each(nginx.cpu() - before.1, done_there.answered);
        let (a, b) = (done.received / done.answered, done_there.received / done_there.answered);
        ensure!(a.abs_diff(b) < 2_000, "nginx served {b} bytes, the instance {a}");
    }
    report.add(Row {
        section,
        what: "more memory while it is built and served for the first time".to_owned(),
        unit: "MB",
        ours: served.memory as f64 / 1e6,
        beside: vec![("its JSON", served.plain as f64 / 1e6)],
        wanted: None,
    });
    let megabytes = |length: usize| crate::report::figure(length as f64 / 1e6);
    report.add(Row {
        section,
        what: format!("of {} MB, {} MB as {encoding}", megabytes(served.plain), megabytes(bytes.len())),
        unit: "/s",
        ours,
        beside: vec![("nginx", theirs)],
        wanted: if growth == 1 { Wanted::at_least(ours / theirs, 0.5, "of nginx") } else { None },
    });
    report.add(Row {
        section,
        what: "CPU of the server for a snapshot".to_owned(),
        unit: "µs",
        ours: cpu.0,
        beside: vec![("nginx", cpu.1)],
        wanted: None,
    });
    Ok(())
}

/// The number of the project whose snapshot is loaded.
pub fn snapshot_project(growth: usize) -> usize {
    900_000 + growth
}

pub fn tasks(sizes: &Sizes, growth: usize) -> usize {
    sizes.shrunk(TASKS) * growth
}

fn get(
    addresses: &[SocketAddr],
    path: &str,
    token: &str,
    time: Duration,
) -> anyhow::Result<crate::load::drive::Done> {
    let request = format!(
        "GET {path} HTTP/1.1\r\nhost: bench\r\naccept-encoding: {ACCEPTED}\r\nauthorization: Bearer {token}\r\n\r\n"
    );
    let load = Load { addresses, connections: CLIENTS, pace: OPEN, time };
    load.run(|_, out| out.extend_from_slice(request.as_bytes()))
}

/// The body as an instance serves it to whoever accepts this, and its encoding.
async fn fetch(world: &World, project: usize, accepted: &str) -> anyhow::Result<(String, Vec<u8>)> {
    let path = format!("/projects/{}/snapshot", project_id(project));
    let request = world.api().request(testkit::http::Method::GET, &path).header("accept-encoding", accepted);
    let answer = request.send().await?.error_for_status()?;
    let encoding = answer.headers().get("content-encoding").map_or("identity", |e| e.to_str().unwrap_or(""));
    let encoding = encoding.to_owned();
    Ok((encoding, answer.bytes().await?.to_vec()))
}

struct Nginx {
    child: Child,
    address: SocketAddr,
    folder: PathBuf,
}

impl Nginx {
    /// `None`: there is no nginx here.
    fn start(encoding: &str, bytes: &[u8]) -> anyhow::Result<Option<Nginx>> {
        let Some(program) = program() else { return Ok(None) };
        let folder = std::env::temp_dir().join(format!("lockstep-bench-nginx-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let address: SocketAddr = format!("127.0.0.1:{}", ports::free()).parse()?;
        std::fs::write(folder.join("snapshot"), bytes)?;
        std::fs::write(folder.join("nginx.conf"), configuration(&folder, address, encoding))?;
        let mut command = Command::new(program);
        command.arg("-c").arg(folder.join("nginx.conf")).arg("-e").arg(folder.join("error.log"));
        let child = command.stdout(Stdio::null()).spawn()?;
        let nginx = Nginx { child, address, folder };
        listens(address)?;
        Ok(Some(nginx))
    }

    fn cpu(&self) -> f64 {
        crate::machine::cpu_seconds_of_family(self.child.id())
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        if let Some(pid) = rustix::process::Pid::from_raw(self.child.id() as i32) {
            // SIGTERM, so that it ends its workers. An error means that it had ended by itself.
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        }
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn configuration(folder: &Path, address: SocketAddr, encoding: &str) -> String {
    let folder = folder.display();
    let user = if rustix::process::getuid().is_root() { "user root;" } else { "" };
    format!(
        "{user} daemon off; worker_processes auto; pid {folder}/pid;\n\
         events {{ worker_connections 1024; }}\n\
         http {{ sendfile on; tcp_nopush on; access_log off; keepalive_requests 1000000000;\n\
           client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;\n\
           uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;\n\
           server {{ listen {address}; root {folder};\n\
             location /snapshot {{ default_type application/json; add_header content-encoding {encoding}; }} }} }}\n"
    )
}

fn program() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders = std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]);
    folders.map(|folder| folder.join("nginx")).find(|program| program.is_file())
}

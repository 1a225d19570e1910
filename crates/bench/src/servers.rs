//! What does the fan-out: Lockstep, three peers and a bare writer. All are talked to by the same client. Only the durable peer
//! stores what it tells.

use crate::load::drive::write_request;
use crate::load::subscribers::{Dialect, Joining, Stand};
use crate::load::{clock, subscribers::MARK};
use crate::world::{World, project_id, task_id};
use anyhow::{Context, ensure};
use serde_json::json;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use testkit::{Database, User, ports, services};
use uuid::Uuid;

/// Tasks of a room's project, so that not one row takes all changes.
pub const TASKS: usize = 4;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Lockstep,
    Centrifuge,
    SocketIo,
    /// Socket.IO with Postgres, as a team would write it by hand.
    Durable,
    Bare,
}

/// A running server of one kind, of one or more processes.
pub struct Server {
    pub kind: Kind,
    pub addresses: Vec<SocketAddr>,
    pub world: Option<World>,
    children: Vec<Child>,
    /// The durable peer's.
    database: Option<Database>,
    /// Lockstep: who is in which room.
    people: Vec<Vec<User>>,
}

/// Who joins what.
#[derive(Debug, Clone, Copy)]
pub struct Rooms {
    pub rooms: usize,
    pub sockets: usize,
    pub instances: usize,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Kind::Lockstep => "lockstep",
            Kind::Centrifuge => "centrifuge",
            Kind::SocketIo => "socket.io",
            Kind::Durable => "durable",
            Kind::Bare => "bare writer",
        }
    }

    /// The inner error says in a sentence what is missing here to start it.
    pub async fn start(self, rooms: Rooms) -> anyhow::Result<Result<Server, String>> {
        match self {
            Kind::Lockstep => Server::lockstep(rooms).await.map(Ok),
            Kind::Centrifuge => match centrifuge_program()? {
                Some(program) => Server::processes(self, rooms.instances, |listen| {
                    let mut command = Command::new(&program);
                    command.args(["-listen", listen]);
                    command
                })
                .map(Ok),
                None => Ok(Err("no Go here: centrifuge is not measured".to_owned())),
            },
            Kind::SocketIo => match script("socketio")? {
                Some(script) => {
                    Server::processes(self, rooms.instances, |listen| node(&script, listen)).map(Ok)
                }
                None => Ok(Err("no Node.js 20 with npm here: Socket.IO is not measured".to_owned())),
            },
            Kind::Durable => match script("durable")? {
                Some(script) => Server::durable(rooms, &script).await.map(Ok),
                None => Ok(Err("no Node.js 20 with npm here: the durable peer is not measured".to_owned())),
            },
            Kind::Bare => Server::processes(self, 1, |listen| {
                let mut command = Command::new(std::env::current_exe().unwrap_or_default());
                command.args(["bare-writer", listen]);
                command
            })
            .map(Ok),
        }
    }
}

impl Server {
    async fn lockstep(rooms: Rooms) -> anyhow::Result<Server> {
        let world = World::start(rooms.instances).await?;
        world.projects(0..rooms.rooms, TASKS).await?;
        let everybody = world.people(rooms.rooms * rooms.sockets).await?;
        let people: Vec<Vec<User>> = everybody.chunks(rooms.sockets).map(<[User]>::to_vec).collect();
        world.admit_all(&people).await?;
        let addresses = world.addresses();
        Ok(Server {
            kind: Kind::Lockstep,
            addresses,
            world: Some(world),
            children: Vec::new(),
            database: None,
            people,
        })
    }

    /// The same projects and tasks as [`Self::lockstep`].
    async fn durable(rooms: Rooms, script: &Path) -> anyhow::Result<Server> {
        let database = Database::create().await;
        let sql = database.sql().await;
        sql.batch_execute(include_str!("../peers/durable/schema.sql")).await?;
        let projects: Vec<Uuid> = (0..rooms.rooms).map(project_id).collect();
        let tasks = (0..rooms.rooms).flat_map(|room| (0..TASKS).map(move |task| (room, task)));
        let (of, ids): (Vec<Uuid>, Vec<Uuid>) =
            tasks.map(|(room, task)| (project_id(room), task_id(room, task))).unzip();
        sql.execute("INSERT INTO durable.projects SELECT unnest($1::uuid[])", &[&projects]).await?;
        sql.execute(
            "INSERT INTO durable.tasks SELECT project, id, 'Task', 0, now() \
             FROM unnest($1::uuid[], $2::uuid[]) AS t (project, id)",
            &[&of, &ids],
        )
        .await?;
        let mut server = Server::processes(Kind::Durable, rooms.instances, |listen| {
            let mut command = node(script, listen);
            command.args(["--database", database.url().as_str()]);
            command
        })?;
        server.database = Some(database);
        Ok(server)
    }

    fn processes(kind: Kind, instances: usize, command: impl Fn(&str) -> Command) -> anyhow::Result<Server> {
        let prefix = format!("bench-{:08x}", Uuid::new_v4().as_u128() as u32);
        let (addresses, children) = (Vec::new(), Vec::new());
        let mut server =
            Server { kind, addresses, world: None, children, database: None, people: Vec::new() };
        for _ in 0..instances {
            let listen = format!("127.0.0.1:{}", ports::free());
            let mut command = command(&listen);
            if kind != Kind::Bare {
                let dashes = if kind == Kind::Centrifuge { "-" } else { "--" };
                command.args([&format!("{dashes}redis"), services::redis_url().as_str()]);
                command.args([&format!("{dashes}prefix"), &prefix]);
            }
            server.children.push(command.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?);
            server.addresses.push(listen.parse()?);
        }
        server.addresses.iter().try_for_each(|address| listens(*address))?;
        Ok(server)
    }

    pub fn pids(&self) -> Vec<u32> {
        match &self.world {
            Some(world) => world.pids(),
            None => self.children.iter().map(Child::id).collect(),
        }
    }

    /// The sockets of all rooms, spread over the instances. `stands`: where each stands already.
    pub fn joins(&self, rooms: Rooms, stands: Option<&[Stand]>) -> Vec<Joining> {
        let all = (0..rooms.rooms).flat_map(|room| (0..rooms.sockets).map(move |socket| (room, socket)));
        let joins = all.enumerate().map(|(index, (room, socket))| {
            let stand = stands.map(|stands| stands[index].clone());
            self.join(room, socket, self.addresses[index % self.addresses.len()], stand)
        });
        joins.collect()
    }

    fn join(&self, room: usize, socket: usize, address: SocketAddr, stand: Option<Stand>) -> Joining {
        let channel = self.channel(room);
        let (dialect, path, connect, subscribe) = match self.kind {
            Kind::Lockstep | Kind::Centrifuge => {
                let token =
                    self.people.get(room).map(|people| people[socket].fresh_token(testkit::token::TTL));
                let mut asked = json!({"channel": channel});
                if let Some(stand) = &stand {
                    asked["recover"] = json!(true);
                    asked["epoch"] = json!(stand.epoch);
                    asked["offset"] = json!(stand.offset);
                }
                let connect = json!({"id": 1, "connect": {"token": token.unwrap_or_default()}});
                let subscribe = json!({"id": 2, "subscribe": asked});
                (
                    Dialect::Centrifuge,
                    "/connection/websocket".to_owned(),
                    connect.to_string(),
                    subscribe.to_string(),
                )
            }
            Kind::SocketIo | Kind::Durable => (
                Dialect::SocketIo,
                "/socket.io/?EIO=4&transport=websocket".to_owned(),
                String::new(),
                format!("42{}", json!(["join", channel])),
            ),
            Kind::Bare => (Dialect::Bare, format!("/{channel}"), String::new(), String::new()),
        };
        Joining { dialect, address, path, connect, subscribe, stand }
    }

    fn channel(&self, room: usize) -> String {
        match self.kind {
            Kind::Lockstep | Kind::Durable => format!("project:{}", project_id(room)),
            Kind::Centrifuge | Kind::SocketIo | Kind::Bare => format!("room:{room}"),
        }
    }

    /// Writes the request that makes the n-th message for a room. All servers deliver events of about the same size.
    pub fn write_publish(&self, out: &mut Vec<u8>, token: &str, n: u64, room: usize) {
        let task = task_id(room, n as usize % TASKS);
        let title = format!("{MARK}{} is a title of about the usual length", clock());
        match self.kind {
            Kind::Lockstep | Kind::Durable => {
                let below = if self.kind == Kind::Lockstep { "/api/v1" } else { "" };
                let path = format!("{below}/projects/{}/tasks/{task}", project_id(room));
                write_request(out, "PATCH", &path, token, json!({"title": title}).to_string().as_bytes());
            }
            Kind::Centrifuge | Kind::SocketIo | Kind::Bare => {
                let event = json!({
                    "project": project_id(room), "version": n, "type": "task.updated", "at": "2026-01-01T00:00:00.000Z",
                    "actor": task, "command_id": task, "data": {"task": task, "title": title},
                });
                let path = format!("/publish?channel={}", self.channel(room));
                write_request(out, "POST", &path, "", event.to_string().as_bytes());
            }
        }
    }

    /// The token that [`Self::write_publish`] needs.
    pub fn publisher_token(&self) -> String {
        self.world.as_ref().map_or(String::new(), |world| world.owner.fresh_token(testkit::token::TTL))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        for child in &mut self.children {
            // An error means that it had ended by itself.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

pub fn listens(address: SocketAddr) -> anyhow::Result<()> {
    let started = Instant::now();
    while std::net::TcpStream::connect(address).is_err() {
        ensure!(started.elapsed() < Duration::from_secs(20), "nothing listens on {address}");
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

fn peers() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("peers")
}

/// Builds the Go peer into the target folder, where its downloads go too.
fn centrifuge_program() -> anyhow::Result<Option<PathBuf>> {
    if Command::new("go").arg("version").stdout(Stdio::null()).status().is_err() {
        return Ok(None);
    }
    let target = std::env::current_exe()?.parent().context("a program is in a folder")?.join("peers");
    std::fs::create_dir_all(&target)?;
    let program = target.join("centrifuge");
    let built = Command::new("go")
        .args(["build", "-modcacherw", "-o"])
        .arg(&program)
        .arg(".")
        .env("GOMODCACHE", target.join("go"))
        .current_dir(peers().join("centrifuge"))
        .status()?;
    ensure!(built.success(), "the peer centrifuge could not be built");
    Ok(Some(program))
}

fn node(script: &Path, listen: &str) -> Command {
    let mut command = Command::new("node");
    command.arg(script).args(["--listen", listen]);
    command
}

/// A peer that runs with Node.js, with its packages.
fn script(peer: &str) -> anyhow::Result<Option<PathBuf>> {
    let folder = peers().join(peer);
    let node = Command::new("node").arg("--version").stdout(Stdio::null()).status();
    if node.is_err() {
        return Ok(None);
    }
    if !folder.join("node_modules/socket.io").is_dir() {
        let installed = Command::new("npm")
            .args(["ci", "--no-audit", "--no-fund"])
            .current_dir(&folder)
            .stdout(Stdio::null())
            .status();
        match installed {
            Err(_) => return Ok(None),
            Ok(status) => ensure!(status.success(), "the peer {peer} could not be installed"),
        }
    }
    Ok(Some(folder.join("server.mjs")))
}

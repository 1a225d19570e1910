//! A cluster for tests in other languages: JSON lines on standard output and input.
//!
//! `testkit-cluster [INSTANCES] [USERS] [NAME=VALUE…]` starts and prints
//! `{"instances": [{"http", "ws"}…], "users": [{"id", "name", "email", "password", "token"}…]}`. Then each
//! line of input is a request, answered by one line (the same state again, or what was asked for):
//!
//! | request | does |
//! |---|---|
//! | `{"do": "kill", "instance": 0}` | SIGKILL |
//! | `{"do": "stop", "instance": 0}` | SIGTERM, and waits for the end |
//! | `{"do": "restart", "instance": 0, "elsewhere": true}` | starts it again, on another port if asked |
//! | `{"do": "update", "instance": 0, "program": "/…"}` | starts it again with another build of `lockstep` |
//! | `{"do": "stop_redis"}` | no instance reaches Redis, and what they had to it ends |
//! | `{"do": "start_redis"}` | it is there again |
//! | `{"do": "rotate_epoch"}` | `lockstep epoch rotate` |
//! | `{"do": "token", "user": 0, "ttl": 3}` | `{"token"}` living so many seconds; 0 or less: already expired |
//! | `{"do": "logs"}` | prints what the instances said last to standard error |
//! | `{"do": "quit"}` | ends, as does the end of input |

use std::io::{BufRead, Write};
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use testkit::{Cluster, User};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
enum Request {
    Kill {
        instance: usize,
    },
    Stop {
        instance: usize,
    },
    Restart {
        instance: usize,
        #[serde(default)]
        elsewhere: bool,
    },
    Update {
        instance: usize,
        program: PathBuf,
    },
    StopRedis,
    StartRedis,
    RotateEpoch,
    Token {
        user: usize,
        ttl: i64,
    },
    Logs,
    Quit,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut builder = Cluster::builder().redis_proxied();
    let mut users = 3;
    for (index, argument) in std::env::args().skip(1).enumerate() {
        match (index, argument.split_once('=')) {
            (_, Some((name, value))) => builder = builder.env(name, value),
            (0, None) => builder = builder.instances(argument.parse()?),
            (1, None) => users = argument.parse()?,
            _ => anyhow::bail!("usage: testkit-cluster [INSTANCES] [USERS] [NAME=VALUE…]"),
        }
    }
    let mut cluster = builder.start().await;
    let users = cluster.users(users).await;
    if let [first, others @ ..] = users.as_slice() {
        cluster.api(0, first).meet(others).await;
    }
    say(&state(&cluster, &users))?;
    let mut terminated = signal(SignalKind::terminate())?;
    let mut lines = lines();
    loop {
        let line = tokio::select! {
            line = lines.recv() => line,
            _ = terminated.recv() => None,
            _ = tokio::signal::ctrl_c() => None,
        };
        let Some(line) = line else { return Ok(()) };
        match serde_json::from_str(&line) {
            Ok(Request::Quit) => return Ok(()),
            Ok(request) => say(&answer(&mut cluster, &users, request).await)?,
            Err(e) => say(&json!({"error": e.to_string()}))?,
        }
    }
}

async fn answer(cluster: &mut Cluster, users: &[User], request: Request) -> Value {
    match request {
        Request::Kill { instance } => cluster.instances[instance].kill(),
        Request::Stop { instance } => {
            cluster.instances[instance].stop().await;
        }
        Request::Restart { instance, elsewhere: false } => cluster.instances[instance].restart().await,
        Request::Restart { instance, elsewhere: true } => {
            cluster.instances[instance].restart_elsewhere().await
        }
        Request::Update { instance, program } => {
            cluster.instances[instance].update(program);
            cluster.instances[instance].restart().await;
        }
        Request::StopRedis => {
            for instance in &cluster.instances {
                instance.redis().refuse().await;
            }
        }
        Request::StartRedis => {
            for instance in &cluster.instances {
                instance.redis().accept().await;
            }
        }
        Request::RotateEpoch => cluster.rotate_epoch().await,
        Request::Token { user, ttl } => {
            let user = &users[user];
            let living = u64::try_from(ttl).ok().filter(|ttl| *ttl > 0).map(Duration::from_secs);
            let token = living.map_or_else(|| user.expired_token(), |ttl| user.fresh_token(ttl));
            return json!({"token": token});
        }
        Request::Logs => {
            for instance in &cluster.instances {
                eprintln!("--- {} printed last:\n{}", instance.name, instance.output.tail(100));
            }
        }
        Request::Quit => unreachable!("the loop ends before"),
    }
    state(cluster, users)
}

fn state(cluster: &Cluster, users: &[User]) -> Value {
    let instances: Vec<_> =
        cluster.instances.iter().map(|i| json!({"http": i.http(), "ws": i.ws()})).collect();
    let users: Vec<_> = users
        .iter()
        .map(|user| {
            let password = testkit::user::PASSWORD;
            json!({"id": user.id, "name": user.name, "email": user.email, "password": password, "token": user.token})
        })
        .collect();
    json!({"instances": instances, "users": users})
}

fn say(value: &Value) -> std::io::Result<()> {
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "{value}")?;
    stdout.flush()
}

/// Lines of standard input, read on a thread because it blocks; the channel ends with the input.
fn lines() -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel(16);
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if sender.blocking_send(line).is_err() {
                return;
            }
        }
    });
    receiver
}

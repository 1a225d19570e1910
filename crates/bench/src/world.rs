//! What a measurement stands on: running instances, people, projects whose ids follow from their numbers, and the processes
//! whose CPU is counted.

use crate::machine;
use anyhow::{Context, ensure};
use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};
use std::net::SocketAddr;
use testkit::{Cluster, User, http::Api, services, token};
use uuid::Uuid;

/// Requests at once while preparing.
const AT_ONCE: usize = 24;
/// Commands of one request while preparing.
const BATCH: usize = 500;

pub struct World {
    pub cluster: Cluster,
    pub owner: User,
    postgres: Option<u32>,
}

/// CPU seconds used so far.
#[derive(Debug, Clone, Copy)]
pub struct Cpu {
    pub instances: f64,
    pub postgres: f64,
    pub redis: f64,
}

impl World {
    pub async fn start(instances: usize) -> anyhow::Result<World> {
        let cluster = Cluster::start(instances).await;
        let owner = cluster.user("Olga").await;
        let sql = cluster.database.sql().await;
        let backend: i32 = sql.query_one("SELECT pg_backend_pid()", &[]).await?.get(0);
        let postgres = u32::try_from(backend).ok().and_then(machine::parent_of);
        Ok(World { cluster, owner, postgres })
    }

    pub fn addresses(&self) -> Vec<SocketAddr> {
        let address = |instance: &testkit::Instance| instance.authority().parse().expect("host and port");
        self.cluster.instances.iter().map(address).collect()
    }

    pub fn pids(&self) -> Vec<u32> {
        self.cluster.instances.iter().filter_map(testkit::Instance::pid).collect()
    }

    pub fn api(&self) -> Api {
        self.cluster.api(0, &self.owner)
    }

    pub fn cpu(&self) -> Cpu {
        Cpu {
            instances: machine::cpu_seconds(&self.pids()),
            postgres: self.postgres.map_or(f64::NAN, machine::cpu_seconds_of_family),
            redis: redis_cpu(),
        }
    }

    /// Makes people with a session each by SQL, because hashing passwords would take long.
    pub async fn people(&self, count: usize) -> anyhow::Result<Vec<User>> {
        let people: Vec<User> = (0..count).map(person).collect();
        let sql = self.cluster.database.sql().await;
        let ids: Vec<Uuid> = people.iter().map(|user| user.id).collect();
        let emails: Vec<&str> = people.iter().map(|user| user.email.as_str()).collect();
        let sessions: Vec<Uuid> = people.iter().map(|user| user.session).collect();
        sql.execute(
            "INSERT INTO users (id, email, name, password_hash) \
             SELECT p.id, p.email, 'Somebody', '' FROM unnest($1::uuid[], $2::text[]) AS p (id, email)",
            &[&ids, &emails],
        )
        .await?;
        sql.execute(
            "INSERT INTO sessions (id, user_id, expires_at) \
             SELECT s.id, s.user_id, now() + interval '30 days' FROM unnest($1::uuid[], $2::uuid[]) AS s (id, user_id)",
            &[&sessions, &ids],
        )
        .await?;
        Ok(people)
    }

    /// Makes projects, each with tasks, many at once.
    pub async fn projects(&self, numbers: std::ops::Range<usize>, tasks: usize) -> anyhow::Result<()> {
        let api = self.api();
        let making = numbers.map(|number| {
            let api = &api;
            async move {
                let project =
                    json!({"id": project_id(number), "name": format!("Project {number}"), "key": "BENCH"});
                let answer = api.post("/projects", project).await;
                ensure!(answer.status == 201, "a project was refused: {:?}", answer.body);
                add_tasks(api, number, 0..tasks).await
            }
        });
        stream::iter(making).buffer_unordered(AT_ONCE).try_collect::<Vec<()>>().await?;
        Ok(())
    }

    /// Makes people members: those of the first list of project 0, of the second of project 1 …. They become colleagues of the
    /// owner by SQL, in a project that is deleted afterwards, because as many invitations would take long.
    pub async fn admit_all(&self, people: &[Vec<User>]) -> anyhow::Result<()> {
        let common = self.api().create_project("Everybody").await;
        let ids: Vec<Uuid> = people.iter().flatten().map(|user| user.id).collect();
        let meet = "INSERT INTO members (project_id, user_id, role) SELECT $1, id, 'viewer' FROM unnest($2::uuid[]) AS id";
        self.cluster.database.sql().await.execute(meet, &[&common, &ids]).await?;
        self.add_all(people).await?;
        let answer = self.api().delete(&format!("/projects/{common}")).await;
        ensure!(answer.status == 200, "a project was not deleted: {:?}", answer.body);
        Ok(())
    }

    async fn add_all(&self, people: &[Vec<User>]) -> anyhow::Result<()> {
        let add = |user: &User| json!({"type": "member.add", "user": user.id, "role": "viewer"});
        let api = self.api();
        let admitting = people.iter().enumerate().map(|(project, people)| {
            let (api, additions) = (&api, people.iter().map(add).collect());
            async move { commands(api, project, additions).await }
        });
        stream::iter(admitting).buffer_unordered(AT_ONCE).try_collect::<Vec<()>>().await?;
        Ok(())
    }
}

/// Adds tasks to a project, whose ids follow from their numbers.
pub async fn add_tasks(api: &Api, project: usize, tasks: std::ops::Range<usize>) -> anyhow::Result<()> {
    let create = |task: usize| json!({"type": "task.create", "id": task_id(project, task), "title": "A task like any other"});
    commands(api, project, tasks.map(create).collect()).await
}

pub async fn commands(api: &Api, project: usize, commands: Vec<Value>) -> anyhow::Result<()> {
    for some in commands.chunks(BATCH) {
        let path = format!("/projects/{}/commands", project_id(project));
        let answer = api.post(&path, json!({"commands": some})).await;
        ensure!(answer.status == 200, "commands were refused: {:?}", answer.body);
    }
    Ok(())
}

/// Decimal digits read as hexadecimal ones, so that an SQL script can make them too.
pub fn project_id(number: usize) -> Uuid {
    format!("{number:032}").parse().expect("32 digits are a UUID")
}

pub fn task_id(project: usize, task: usize) -> Uuid {
    format!("a{:031}", project * 1_000_000 + task).parse().expect("32 digits are a UUID")
}

fn person(number: usize) -> User {
    let (id, session) = (Uuid::now_v7(), Uuid::now_v7());
    let email = format!("p{number}-{}@example.org", id.simple());
    let token = token::mint(id, session, token::TTL);
    User { id, email, name: "Somebody".to_owned(), token, refresh_token: None, session }
}

/// Seconds of the Redis server, as it says itself.
pub fn redis_cpu() -> f64 {
    redis_info("cpu", "used_cpu_user:").unwrap_or(f64::NAN)
        + redis_info("cpu", "used_cpu_sys:").unwrap_or(f64::NAN)
}

fn redis_info(section: &str, name: &str) -> anyhow::Result<f64> {
    use std::io::{Read, Write};
    let url = services::redis_url();
    let mut stream = std::net::TcpStream::connect(services::authority(&url, 6379))?;
    stream.set_read_timeout(Some(std::time::Duration::from_secs(2)))?;
    if let Some(password) = url.password() {
        write!(stream, "AUTH {password}\r\n")?;
    }
    write!(stream, "INFO {section}\r\nQUIT\r\n")?;
    let mut said = String::new();
    stream.read_to_string(&mut said)?;
    let value = said.lines().find_map(|line| line.strip_prefix(name)).context("Redis tells its CPU")?;
    Ok(value.trim().parse()?)
}

impl std::ops::Sub for Cpu {
    type Output = Cpu;

    fn sub(self, before: Cpu) -> Cpu {
        Cpu {
            instances: self.instances - before.instances,
            postgres: self.postgres - before.postgres,
            redis: self.redis - before.redis,
        }
    }
}

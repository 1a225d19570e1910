//! How many commands a second one instance takes: all on one hot project, and spread over many, one after the other in the
//! same run. Single commands, each waiting for its answer.

use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use testkit::{Cluster, http::Api};
use uuid::Uuid;

const CLIENTS: usize = 64;
const PROJECTS: usize = 200;
const TIME: Duration = Duration::from_secs(5);

pub async fn run() -> anyhow::Result<()> {
    let cluster = Cluster::start(1).await;
    let owner = cluster.user("Olga").await;
    let api = Arc::new(cluster.api(0, &owner));
    let mut projects = Vec::new();
    for _ in 0..PROJECTS {
        let project = api.create_project("Bench").await;
        let tasks = (0..CLIENTS).map(|_| Uuid::now_v7()).collect::<Vec<_>>();
        let create =
            |task: &Uuid| json!({"type": "task.create", "id": task, "title": "A task like any other"});
        let commands: Vec<_> = tasks.iter().map(create).collect();
        api.post(&format!("/projects/{project}/commands"), json!({"commands": commands})).await.expect(200);
        projects.push((project, tasks));
    }
    let projects = Arc::new(projects);
    let spread = load(&api, &projects, PROJECTS).await;
    let hot = load(&api, &projects, 1).await;
    println!("{CLIENTS} clients, {} s each", TIME.as_secs());
    println!("spread over {PROJECTS} projects: {spread:.0} commands/s");
    println!("one hot project:          {hot:.0} commands/s ({:.2} of spread)", hot / spread);
    Ok(())
}

async fn load(api: &Arc<Api>, projects: &Arc<Vec<(Uuid, Vec<Uuid>)>>, among: usize) -> f64 {
    let done = Arc::new(AtomicUsize::new(0));
    let started = Instant::now();
    let clients = (0..CLIENTS).map(|client| {
        let (api, projects, done) = (api.clone(), projects.clone(), done.clone());
        tokio::spawn(async move {
            let mut round = client;
            while started.elapsed() < TIME {
                let (project, tasks) = &projects[round % among];
                let path = format!("/projects/{project}/tasks/{}", tasks[client]);
                api.patch(&path, json!({"title": format!("Title {round}")})).await.expect(200);
                done.fetch_add(1, Ordering::Relaxed);
                round += CLIENTS + 1;
            }
        })
    });
    for client in clients.collect::<Vec<_>>() {
        client.await.expect("a client does not panic");
    }
    done.load(Ordering::Relaxed) as f64 / started.elapsed().as_secs_f64()
}

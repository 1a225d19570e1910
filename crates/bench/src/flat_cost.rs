//! Does a command cost more in a large project? The same commands, in turn on a project of 50 tasks and on one of 50,000,
//! so that whatever else the machine does hits both alike.

use anyhow::Context;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use testkit::{Cluster, http::Api};
use uuid::Uuid;

const SMALL: usize = 50;
const LARGE: usize = 50_000;
const BATCH: usize = 500;
const WARM_UP: usize = 50;
const ROUNDS: usize = 500;
/// The acceptable ratio of the medians.
const ACCEPTABLE: f64 = 1.5;

pub async fn run() -> anyhow::Result<()> {
    let cluster = Cluster::start(1).await;
    let owner = cluster.user("Olga").await;
    let api = cluster.api(0, &owner);
    let small = fill(&api, SMALL).await?;
    let large = fill(&api, LARGE).await?;
    println!("{:<14} {:>12} {:>12} {:>8}", "command", "50 tasks", "50,000 tasks", "ratio");
    let mut worst = 0f64;
    for command in ["task.update", "task.move", "task.create", "comment.add", "task.delete"] {
        let (mut costs_small, mut costs_large) = (Vec::new(), Vec::new());
        for round in 0..WARM_UP + ROUNDS {
            let cost_small = cost(&api, &small, command, round).await?;
            let cost_large = cost(&api, &large, command, round).await?;
            if round >= WARM_UP {
                costs_small.push(cost_small);
                costs_large.push(cost_large);
            }
        }
        let (a, b) = (median(&mut costs_small), median(&mut costs_large));
        let ratio = b.as_secs_f64() / a.as_secs_f64();
        worst = worst.max(ratio);
        println!("{command:<14} {:>9.3} ms {:>9.3} ms {ratio:>8.2}", millis(a), millis(b));
    }
    println!("medians of {ROUNDS}; worst ratio {worst:.2}, acceptable up to {ACCEPTABLE}");
    Ok(())
}

struct Project {
    id: Uuid,
    tasks: Vec<Uuid>,
}

async fn fill(api: &Api, size: usize) -> anyhow::Result<Project> {
    let id = api.create_project("Bench").await;
    let tasks: Vec<Uuid> = (0..size).map(|_| Uuid::now_v7()).collect();
    for some in tasks.chunks(BATCH) {
        let create =
            |task: &Uuid| json!({"type": "task.create", "id": task, "title": "A task like any other"});
        submit(api, id, some.iter().map(create).collect()).await?;
    }
    Ok(Project { id, tasks })
}

async fn cost(api: &Api, project: &Project, command: &str, round: usize) -> anyhow::Result<Duration> {
    // A stride that is prime to both sizes visits tasks all over the project.
    let task = project.tasks[(round * 7919) % project.tasks.len()];
    let command = match command {
        "task.update" => json!({"type": command, "task": task, "set": {"title": format!("Title {round}")}}),
        "task.move" => {
            json!({"type": command, "task": task, "after": project.tasks[(round * 31 + 1) % project.tasks.len()]})
        }
        "task.create" => json!({"type": command, "title": format!("New {round}")}),
        "comment.add" => json!({"type": command, "task": task, "body": "Seen."}),
        _ => {
            let fresh = Uuid::now_v7();
            submit(
                api,
                project.id,
                vec![json!({"type": "task.create", "id": fresh, "title": "Short-lived"})],
            )
            .await?;
            json!({"type": command, "task": fresh})
        }
    };
    let started = Instant::now();
    submit(api, project.id, vec![command]).await?;
    Ok(started.elapsed())
}

async fn submit(api: &Api, project: Uuid, commands: Vec<Value>) -> anyhow::Result<()> {
    let answer = api.post(&format!("/projects/{project}/commands"), json!({"commands": commands})).await;
    anyhow::ensure!(answer.status == 200, "{:?}", answer.body);
    Some(()).context("a command was refused")
}

fn median(costs: &mut [Duration]) -> Duration {
    costs.sort_unstable();
    costs[costs.len() / 2]
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

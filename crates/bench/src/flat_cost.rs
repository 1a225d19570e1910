//! Does a command cost more in a large project? The same commands, in turn on a project of 50 tasks and on one of 100,000, and
//! on projects of 10 and of 10,000 edges, so that whatever else the machine does hits both alike.

use anyhow::Context;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use testkit::{Cluster, http::Api};
use uuid::Uuid;

const SMALL: usize = 50;
const LARGE: usize = 100_000;
const BATCH: usize = 500;
const WARM_UP: usize = 50;
const ROUNDS: usize = 500;
/// The acceptable ratio of the medians.
const ACCEPTABLE: f64 = 1.5;

/// Edges in a row, so many can be walked from the first task of a chain.
const CHAIN: usize = 100;
const FEW_EDGES: usize = 10;
const MANY_EDGES: usize = 10_000;

pub async fn run() -> anyhow::Result<()> {
    let cluster = Cluster::start(1).await;
    let owner = cluster.user("Olga").await;
    let api = cluster.api(0, &owner);
    let small = fill(&api, SMALL).await?;
    let large = fill(&api, LARGE).await?;
    println!("{:<18} {:>12} {:>12} {:>8}", "command", "50 tasks", "100,000 tasks", "ratio");
    let commands = ["task.update", "task.move", "task.create", "comment.add", "task.delete"];
    let tasks = compared(&api, &small, &large, &commands).await?;
    let few = linked(&api, FEW_EDGES).await?;
    let many = linked(&api, MANY_EDGES).await?;
    println!("{:<18} {:>12} {:>12} {:>8}", "command", "10 edges", "10,000 edges", "ratio");
    let edges = compared(&api, &few, &many, &["dependency.add", "dependency.remove", "status"]).await?;
    println!("medians of {ROUNDS}; worst ratio {:.2}, acceptable up to {ACCEPTABLE}", tasks.max(edges));
    Ok(())
}

/// Each command in turn on both projects: prints the medians and returns the worst ratio.
async fn compared(api: &Api, small: &Project, large: &Project, commands: &[&str]) -> anyhow::Result<f64> {
    let mut worst = 0f64;
    for command in commands {
        let (mut costs_small, mut costs_large) = (Vec::new(), Vec::new());
        for round in 0..WARM_UP + ROUNDS {
            let cost_small = cost(api, small, command, round).await?;
            let cost_large = cost(api, large, command, round).await?;
            if round >= WARM_UP {
                costs_small.push(cost_small);
                costs_large.push(cost_large);
            }
        }
        let (a, b) = (median(&mut costs_small), median(&mut costs_large));
        let ratio = b.as_secs_f64() / a.as_secs_f64();
        worst = worst.max(ratio);
        println!("{command:<18} {:>9.3} ms {:>9.3} ms {ratio:>8.2}", millis(a), millis(b));
    }
    Ok(worst)
}

struct Project {
    id: Uuid,
    tasks: Vec<Uuid>,
    /// The first tasks of chains of edges, and one task without any.
    heads: Vec<Uuid>,
    alone: Uuid,
}

/// As many tasks whatever the number of edges, which stand in chains.
async fn linked(api: &Api, edges: usize) -> anyhow::Result<Project> {
    let mut project = fill(api, MANY_EDGES + MANY_EDGES / CHAIN + 1).await?;
    let chain = CHAIN.min(edges);
    let chains = project.tasks.chunks(chain + 1).take(edges / chain);
    project.heads = chains.clone().map(|chain| chain[0]).collect();
    for some in chains {
        let add = |two: &[Uuid]| json!({"type": "dependency.add", "task": two[0], "on": two[1]});
        submit(api, project.id, some.windows(2).map(add).collect()).await?;
    }
    Ok(project)
}

async fn fill(api: &Api, size: usize) -> anyhow::Result<Project> {
    let id = api.create_project("Bench").await;
    let tasks: Vec<Uuid> = (0..size).map(|_| Uuid::now_v7()).collect();
    for some in tasks.chunks(BATCH) {
        let create =
            |task: &Uuid| json!({"type": "task.create", "id": task, "title": "A task like any other"});
        submit(api, id, some.iter().map(create).collect()).await?;
    }
    let alone = tasks[size - 1];
    Ok(Project { id, tasks, heads: Vec::new(), alone })
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
        "dependency.add" | "dependency.remove" => {
            let head = project.heads[round % project.heads.len()];
            // An edge that is to be added is removed first, and one to be removed is added first.
            let (before, on) = match command {
                "dependency.add" => ("dependency.remove", project.alone),
                _ => ("dependency.add", project.alone),
            };
            submit(api, project.id, vec![json!({"type": before, "task": head, "on": on})]).await?;
            json!({"type": command, "task": head, "on": on})
        }
        "status" => {
            let head = project.heads[round % project.heads.len()];
            let turn = round / project.heads.len();
            let status = if turn.is_multiple_of(2) { "in_progress" } else { "todo" };
            json!({"type": "task.update", "task": head, "set": {"status": status}})
        }
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

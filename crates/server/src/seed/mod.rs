//! `lockstep seed`: a demo team with projects that look like real work, to try things out on.
//!
//! It goes the way of every command, through the engine, so its log is as good as any other. Nothing here is random: the
//! same number of tasks gives the same project.

mod texts;

use crate::app;
use crate::config::Config;
use anyhow::{Context, bail};
use domain::command::{Command, CreateProject, fresh_id};
use domain::json::Fields;
use domain::{ProjectId, Role, TaskId, UserId};
use engine::execute::{Answer, Identified, Mode, Submission};
use engine::people::{InvitationWanted, PeopleError};
use engine::{Caller, Engine};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::net::Ipv4Addr;

/// The demo team. Mira owns the projects, Jonas and Aiko edit.
const TEAM: [(&str, &str); 3] =
    [("Mira Sander", "mira@demo.test"), ("Jonas Weber", "jonas@demo.test"), ("Aiko Mori", "aiko@demo.test")];
/// The same for all three, and known to everybody: never seed an installation that others can reach.
const PASSWORD: &str = "lockstep-demo";
const BATCH: usize = 250;
const STATUSES: [&str; 10] = [
    "backlog",
    "todo",
    "in_progress",
    "done",
    "backlog",
    "todo",
    "in_review",
    "done",
    "backlog",
    "cancelled",
];

/// Makes the demo team and its projects, with `tasks` tasks in the first; does nothing if the team is there.
///
/// # Errors
/// Those of Postgres.
pub async fn run(config: Config, tasks: u32) -> anyhow::Result<()> {
    let engine = app::engine(&config)?;
    let team = match engine.people.open_together(&TEAM, PASSWORD).await {
        Ok(Some(team)) => team,
        Ok(None) => {
            println!("The demo team is there already; nothing was changed.");
            return Ok(());
        }
        Err(PeopleError::EmailTaken) => {
            bail!(
                "others of the demo team have accounts already, but {} has none: remove them first",
                TEAM[0].1
            )
        }
        Err(error) => return Err(error.into()),
    };
    let shop = project(&engine, &team, "Web shop", "Everything between a visitor and a parcel.").await?;
    let warehouse = project(&engine, &team, "Warehouse", "Receiving, shelves, picking.").await?;
    let (main, side) = (tasks as usize, (tasks as usize).min(texts::WAREHOUSE.len()));
    fill(&engine, &team, shop, main, texts::shop).await?;
    fill(&engine, &team, warehouse, side, |number| texts::WAREHOUSE[number].to_owned()).await?;
    println!(
        "Made the demo team and two projects with {main} and {side} tasks. Log in with the password {PASSWORD} as:"
    );
    TEAM.iter().for_each(|(name, email)| println!("  {email}  ({name})"));
    Ok(())
}

async fn project(engine: &Engine, team: &[Caller], name: &str, about: &str) -> anyhow::Result<ProjectId> {
    let id = ProjectId::new();
    let command = CreateProject::read(Fields::of(json!({"id": id, "name": name, "description": about}))?)?;
    engine.create_project(team[0].clone(), id, fresh_id(), command).await?;
    let wanted = InvitationWanted {
        role: Role::Editor,
        email: None,
        others: BTreeSet::new(),
        uses: i32::try_from(team.len())?,
        expires_at: Timestamp::now().checked_add(SignedDuration::from_hours(1))?,
    };
    let (_, token) = engine.people.invite(team[0].clone(), id, wanted).await?;
    for member in &team[1..] {
        engine.people.accept_invitation(member.clone(), &token, Ipv4Addr::LOCALHOST.into()).await?;
    }
    Ok(id)
}

/// Tasks as a team leaves them behind: planned by one, taken by another, moved, talked about.
async fn fill(
    engine: &Engine,
    team: &[Caller],
    project: ProjectId,
    tasks: usize,
    title: impl Fn(usize) -> String,
) -> anyhow::Result<()> {
    let ids: Vec<TaskId> = (0..tasks).map(|_| TaskId::new()).collect();
    let numbers: Vec<usize> = (0..tasks).collect();
    for some in numbers.chunks(BATCH) {
        let create = |number: &usize| create(ids[*number], *number, title(*number), team);
        submit(engine, &team[0], project, some.iter().map(create).collect()).await?;
        let moves = |number: &usize| moved(ids[*number], *number);
        submit(engine, &team[1], project, some.iter().filter_map(moves).collect()).await?;
        let comments = |number: &usize| comment(ids[*number], *number);
        submit(engine, &team[2], project, some.iter().filter_map(comments).collect()).await?;
    }
    Ok(())
}

fn create(id: TaskId, number: usize, title: String, team: &[Caller]) -> Value {
    let today = jiff::Zoned::now().date();
    let priority = ["none", "medium", "low", "high", "none", "medium", "urgent"][number % 7];
    let due = (number % 4 == 1).then(|| today + jiff::Span::new().days((number as i64 * 5) % 60 - 14));
    let assignees: Vec<UserId> = match number % 5 {
        0 => vec![],
        4 => vec![team[1].user, team[2].user],
        n => vec![team[n - 1].user],
    };
    json!({
        "type": "task.create", "id": id, "title": title, "priority": priority, "due_on": due, "assignees": assignees,
        "estimate": number.is_multiple_of(3).then_some(1 + number % 8),
        "description": texts::DESCRIPTIONS[number % texts::DESCRIPTIONS.len()],
    })
}

fn moved(task: TaskId, number: usize) -> Option<Value> {
    let status = STATUSES[number % STATUSES.len()];
    (status != "backlog").then(|| json!({"type": "task.move", "task": task, "status": status}))
}

fn comment(task: TaskId, number: usize) -> Option<Value> {
    let body = texts::COMMENTS[number % texts::COMMENTS.len()];
    (number % 3 == 2).then(|| json!({"type": "comment.add", "task": task, "body": body}))
}

async fn submit(
    engine: &Engine,
    caller: &Caller,
    project: ProjectId,
    commands: Vec<Value>,
) -> anyhow::Result<()> {
    let identified = commands.into_iter().map(|value| {
        let (command, _) = Command::read(value)?;
        Ok(Identified { command, id: fresh_id(), repeatable: false, if_match: None })
    });
    let commands = identified.collect::<anyhow::Result<Vec<_>>>()?;
    let submission =
        Submission { project, caller: caller.clone(), commands, mode: Mode::Atomic, batch: None };
    match engine.submit(submission).await.context("the demo could not be written")? {
        Answer::Decided { .. } => Ok(()),
        Answer::Refused { index, refusal, .. } => bail!("command {index} was refused: {}", refusal.detail()),
    }
}

//! `lockstep seed`: a demo team with projects that look like real work, to try things out on.
//!
//! It goes the way of every command, through [`execute`], so its log is as good as any other. Nothing here is random: the
//! same number of tasks gives the same project.

mod texts;

use crate::app::App;
use crate::auth::Caller;
use crate::config::Config;
use crate::execute::{self, Answer, Identified, Mode, Submission};
use anyhow::{Context, bail};
use domain::command::{Command, CreateProject, fresh_id};
use domain::json::Fields;
use domain::{ProjectId, TaskId, UserId};
use serde_json::{Value, json};
use std::sync::Arc;
use store::users::{self, NewUser};
use uuid::Uuid;

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
    let app = Arc::new(App::new(config)?);
    let conn = store::pool::read(&app.pools.read).await?;
    if users::by_email(&conn, TEAM[0].1).await?.is_some() {
        println!("The demo team is there already; nothing was changed.");
        return Ok(());
    }
    let team = team(&app).await?;
    let shop = project(&app, &team, "Web shop", "Everything between a visitor and a parcel.").await?;
    let warehouse = project(&app, &team, "Warehouse", "Receiving, shelves, picking.").await?;
    let (main, side) = (tasks as usize, (tasks as usize).min(texts::WAREHOUSE.len()));
    fill(&app, &team, shop, main, texts::shop).await?;
    fill(&app, &team, warehouse, side, |number| texts::WAREHOUSE[number].to_owned()).await?;
    println!(
        "Made the demo team and two projects with {main} and {side} tasks. Log in with the password {PASSWORD} as:"
    );
    TEAM.iter().for_each(|(name, email)| println!("  {email}  ({name})"));
    Ok(())
}

async fn team(app: &Arc<App>) -> anyhow::Result<Vec<Caller>> {
    let hash = app.passwords.hash(PASSWORD.to_owned()).await.map_err(|error| anyhow::anyhow!("{error}"))?;
    let mut conn = store::pool::get(&app.pools.write).await?;
    conn.transaction(async |conn| {
        let mut team = Vec::new();
        for (name, email) in TEAM {
            let id = Uuid::now_v7();
            let new = NewUser { id, email, name, password_hash: &hash };
            if !users::create(conn, &new).await? {
                bail!("{email} has an account already, but {} has none: remove it first", TEAM[0].1);
            }
            let user = UserId(id);
            let sid = store::sessions::open(conn, user, Uuid::new_v4().as_bytes(), 1).await?;
            team.push(Caller { user, sid, expires_at: i64::MAX });
        }
        Ok(team)
    })
    .await
}

async fn project(app: &Arc<App>, team: &[Caller], name: &str, about: &str) -> anyhow::Result<ProjectId> {
    let id = ProjectId::new();
    let command = CreateProject::read(Fields::of(json!({"id": id, "name": name, "description": about}))?)?;
    execute::create_project(app, team[0], id, fresh_id(), command).await?;
    let members =
        team[1..].iter().map(|member| json!({"type": "member.add", "user": member.user, "role": "editor"}));
    submit(app, team[0], id, members.collect()).await?;
    Ok(id)
}

/// Tasks as a team leaves them behind: planned by one, taken by another, moved, talked about.
async fn fill(
    app: &Arc<App>,
    team: &[Caller],
    project: ProjectId,
    tasks: usize,
    title: impl Fn(usize) -> String,
) -> anyhow::Result<()> {
    let ids: Vec<TaskId> = (0..tasks).map(|_| TaskId::new()).collect();
    let numbers: Vec<usize> = (0..tasks).collect();
    for some in numbers.chunks(BATCH) {
        let create = |number: &usize| create(ids[*number], *number, title(*number), team);
        submit(app, team[0], project, some.iter().map(create).collect()).await?;
        let moves = |number: &usize| moved(ids[*number], *number);
        submit(app, team[1], project, some.iter().filter_map(moves).collect()).await?;
        let comments = |number: &usize| comment(ids[*number], *number);
        submit(app, team[2], project, some.iter().filter_map(comments).collect()).await?;
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
    app: &Arc<App>,
    caller: Caller,
    project: ProjectId,
    commands: Vec<Value>,
) -> anyhow::Result<()> {
    let identified = commands.into_iter().map(|value| {
        let (command, _) = Command::read(value)?;
        Ok(Identified { command, id: fresh_id(), repeatable: false, if_match: None })
    });
    let commands = identified.collect::<anyhow::Result<Vec<_>>>()?;
    let submission = Submission { project, caller, commands, mode: Mode::Atomic, batch: None };
    match execute::execute(app, submission).await.context("the demo could not be written")? {
        Answer::Decided { .. } => Ok(()),
        Answer::Refused { index, problem, .. } => bail!("command {index} was refused: {}", problem.detail),
    }
}

//! Step 5 of 8: the second flight. Rows, and the log with results and the new version, pipelined; the caller commits.

use super::plan::Plan;
use super::submission::ExecuteError;
use domain::event::Access;
use domain::task::Task;
use store::AsyncPgConnection;
use store::projects::LockedProject;
use store::tasks::StoredTask;
use store::words::Row;

/// Writes everything a plan needs to be true.
pub async fn all(conn: &AsyncPgConnection, locked: &LockedProject, plan: &Plan) -> Result<(), ExecuteError> {
    if plan.writes() {
        futures_util::try_join!(rows(conn, locked, plan), moved(conn, plan))?;
    }
    Ok(())
}

/// The same for plans of several projects, all of them locked. Everybody's rows are locked at once, in id order, after what is
/// written of all projects.
pub async fn several(
    conn: &AsyncPgConnection,
    plans: &[(&LockedProject, &Plan)],
) -> Result<(), ExecuteError> {
    if let [(locked, plan)] = plans {
        return all(conn, locked, plan).await;
    }
    let mut people = Vec::new();
    for (locked, plan) in plans {
        rows(conn, locked, plan).await?;
        people.extend_from_slice(&plan.concerned);
        if let Some(members) = plan.of_members {
            people.extend(store::feeds::told(conn, members).await?);
        }
    }
    Ok(store::feeds::raise(conn, &people).await?)
}

async fn rows(conn: &AsyncPgConnection, locked: &LockedProject, plan: &Plan) -> store::Result<()> {
    let words = words(plan);
    futures_util::try_join!(
        tasks(conn, locked, plan),
        edges(conn, locked, plan),
        comments(conn, locked, plan),
        store::words::put(conn, locked.id(), &words),
        members(conn, locked, plan),
        store::log::append(conn, (&plan.current).into(), &plan.events, &plan.keep),
        project(conn, locked, plan),
        store::notifications::tell(conn, locked, plan.facts.now, &plan.notices),
    )?;
    Ok(())
}

async fn tasks(conn: &AsyncPgConnection, locked: &LockedProject, plan: &Plan) -> store::Result<()> {
    let changed = plan.tasks.iter().filter_map(|id| {
        let task = plan.facts.any_task(*id)?.clone();
        let deleted = plan.facts.deletions.get(id).copied();
        let archived = plan.facts.archivings.get(id).copied();
        Some(StoredTask { task, deleted, archived })
    });
    let (old, new): (Vec<StoredTask>, Vec<StoredTask>) =
        changed.partition(|changed| plan.originals.contains_key(&changed.task.id));
    if !new.is_empty() {
        store::tasks::insert(conn, locked, &new).await?;
    }
    if !old.is_empty() {
        let with_original: Vec<_> =
            old.into_iter().map(|changed| (plan.originals[&changed.task.id].clone(), changed)).collect();
        let rows: Vec<(StoredTask, &domain::task::Task)> =
            with_original.iter().map(|(original, changed)| (changed.clone(), original)).collect();
        store::tasks::update(conn, locked, &rows).await?;
    }
    Ok(())
}

/// What changed of what tasks and comments are found by.
fn words(plan: &Plan) -> Vec<Row> {
    let project = &plan.facts.state.project;
    let tasks = plan.tasks.iter().filter_map(|id| Some((plan.facts.any_task(*id)?, plan.originals.get(id))));
    let of_tasks = tasks.flat_map(|(task, was)| {
        let is_same = |was: &Task| {
            (&was.title, &was.labels, &was.assignees, &was.fields)
                == (&task.title, &task.labels, &task.assignees, &task.fields)
        };
        let was_described = was.map_or("", |was| was.description.as_str());
        [
            (!was.is_some_and(is_same)).then(|| Row::task(project, task)),
            (was_described != task.description.as_str()).then(|| Row::description(project.id, task)),
        ]
    });
    let comments = plan.comments.iter().filter_map(|id| plan.facts.comments.get(id));
    of_tasks.flatten().chain(comments.map(|comment| Row::comment(project.id, comment))).collect()
}

async fn edges(conn: &AsyncPgConnection, locked: &LockedProject, plan: &Plan) -> store::Result<()> {
    let of = |added: bool| plan.edges.iter().filter(move |(_, is)| **is == added).map(|(edge, _)| *edge);
    let (added, removed): (Vec<_>, Vec<_>) = (of(true).collect(), of(false).collect());
    futures_util::try_join!(
        store::dependencies::add(conn, locked, &added),
        store::dependencies::remove(conn, locked, &removed),
    )?;
    Ok(())
}

async fn comments(conn: &AsyncPgConnection, locked: &LockedProject, plan: &Plan) -> store::Result<()> {
    for comment in plan.comments.iter().filter_map(|id| plan.facts.comments.get(id)) {
        store::comments::put(conn, locked, comment).await?;
    }
    Ok(())
}

async fn members(conn: &AsyncPgConnection, locked: &LockedProject, plan: &Plan) -> store::Result<()> {
    for access in &plan.access {
        match *access {
            Access::Granted(user, role) => store::members::put(conn, locked.id(), user, role).await?,
            Access::Revoked(user) => {
                store::members::remove(conn, locked.id(), user).await?;
                store::watchers::remove_member(conn, locked.id(), user).await?;
                store::filters::remove_member(conn, locked.id(), user).await?;
            }
            Access::Unchanged | Access::Closed | Access::Opened => {}
        }
    }
    // After the members, because what somebody follows ends with the membership and may begin again with the next one.
    store::watchers::write(conn, locked, &plan.watched).await?;
    store::watchers::follow(conn, locked, &plan.facts.following).await
}

/// The last of the flight, because people's rows are shared by all their projects. Nothing else that it sends waits for
/// anybody, because the project is locked.
async fn moved(conn: &AsyncPgConnection, plan: &Plan) -> store::Result<()> {
    match plan.of_members {
        Some(members) => store::feeds::raise_members(conn, &plan.concerned, members).await,
        None if plan.concerned.is_empty() => Ok(()),
        None => store::feeds::raise(conn, &plan.concerned).await,
    }
}

async fn project(conn: &AsyncPgConnection, locked: &LockedProject, plan: &Plan) -> store::Result<()> {
    match plan.project_changed {
        true => store::projects::update(conn, locked, &plan.current).await,
        false => Ok(()),
    }
}

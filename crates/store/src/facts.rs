//! Step 3 of 8: what the rules need, read under the project's lock in one flight. Never the whole project, so the cost
//! of a command does not grow with it.

use crate::projects::LockedProject;
use crate::schema::members;
use crate::{Result, comments, convert, events, tasks};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::comment::Comment;
use domain::facts::{Facts, Ranks, Touched};
use domain::rank::Rank;
use domain::snapshot::State;
use domain::text::Key;
use domain::time::Moment;
use domain::undo::Undoing;
use domain::{ProjectId, Role, UserId, Version};
use futures_util::try_join;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What was read for the rules; [`Found::under`] puts it together with the project's row.
#[derive(Debug)]
pub struct Found {
    members: BTreeMap<UserId, Role>,
    owners: usize,
    accounts: BTreeSet<UserId>,
    tasks: Vec<tasks::Kept>,
    comments: Vec<Comment>,
    ranks: Vec<Rank>,
    statuses_in_use: BTreeSet<Key>,
    events: BTreeMap<Version, Undoing>,
}

/// Reads what commands of `actors` that touch `touched` are judged by. Needs nothing of the project's row, so it goes in
/// the same flight as the lock, right behind it. An event that is to be undone takes one flight more: what it touched has to
/// be known first.
///
/// # Locks
/// The project's, or sent to Postgres after the statement that takes it.
///
/// # Errors
/// Those of the queries.
pub async fn find(
    conn: &AsyncPgConnection,
    project: ProjectId,
    actors: &BTreeSet<UserId>,
    touched: &Touched,
) -> Result<Found> {
    let events = undoing(conn, project, &touched.events).await?;
    let mut touched = touched.clone();
    events.values().for_each(|undoing| undoing.touch(&mut touched));
    let users: Vec<Uuid> = touched.users.union(actors).map(|user| user.0).collect();
    let comment_ids: Vec<Uuid> = touched.comments.iter().map(|id| id.0).collect();
    let task_ids: Vec<Uuid> = touched.tasks.iter().map(|id| id.0).collect();
    let (members, owners, accounts, mut found, commented, mut ranks, wanted, comments, statuses_in_use) = try_join!(
        roles(conn, project, &users),
        owners(conn, project, !touched.users.is_empty()),
        accounts(conn, &touched.users),
        tasks::some(conn, project, &task_ids),
        commented_tasks(conn, project, &comment_ids),
        tasks::ranks(conn, project, &task_ids),
        ranks_around(conn, project, &touched.ranks),
        comments::some(conn, project, &comment_ids),
        statuses(conn, project, touched.workflow),
    )?;
    found.extend(commented);
    ranks.extend(wanted);
    Ok(Found { members, owners, accounts, tasks: found, comments, ranks, statuses_in_use, events })
}

impl Found {
    /// The facts, now that the lock is held.
    pub fn under(self, locked: &LockedProject) -> Facts {
        let current = &locked.0;
        let mut ranks = Ranks::default();
        self.ranks.into_iter().for_each(|rank| ranks.know(rank));
        let mut facts = Facts {
            state: State { project: current.project.clone(), members: self.members, tasks: BTreeMap::new() },
            version: current.version,
            now: Moment::now().max(current.changed_at),
            deleted: current.deleted,
            last_number: current.last_number,
            owners: self.owners,
            accounts: self.accounts,
            deleted_tasks: BTreeMap::new(),
            comments: self.comments.into_iter().map(|comment| (comment.id, comment)).collect(),
            ranks,
            statuses_in_use: self.statuses_in_use,
            events: self.events,
        };
        for tasks::Kept { task, deleted } in self.tasks {
            let shelf = if deleted.is_some() { &mut facts.deleted_tasks } else { &mut facts.state.tasks };
            shelf.insert(task.id, task);
        }
        facts
    }
}

async fn undoing(
    conn: &AsyncPgConnection,
    project: ProjectId,
    versions: &BTreeSet<Version>,
) -> Result<BTreeMap<Version, Undoing>> {
    if versions.is_empty() {
        return Ok(BTreeMap::new());
    }
    let versions: Vec<Version> = versions.iter().copied().collect();
    let rows = events::with_before(conn, project, &versions).await?;
    let undoing = rows.into_iter().map(|(version, event, before)| {
        let event = serde_json::from_str(&event).map_err(|_| convert::unreadable("body"))?;
        let before = before.map(|before| serde_json::from_str(&before)).transpose();
        let before = before.map_err(|_| convert::unreadable("before"))?;
        Ok((version, Undoing { event, before }))
    });
    undoing.collect()
}

/// The rank, if a task has it, and the next ones above.
async fn ranks_around(
    conn: &AsyncPgConnection,
    project: ProjectId,
    ranks: &BTreeSet<Rank>,
) -> Result<Vec<Rank>> {
    match ranks.is_empty() {
        true => Ok(Vec::new()),
        false => tasks::ranks_from(conn, project, ranks).await,
    }
}

async fn roles(
    conn: &AsyncPgConnection,
    project: ProjectId,
    users: &[Uuid],
) -> Result<BTreeMap<UserId, Role>> {
    let query = members::table
        .filter(members::project_id.eq(project.0).and(members::user_id.eq_any(users)))
        .select((members::user_id, members::role));
    let rows: Vec<(Uuid, String)> = query.load(&mut &*conn).await?;
    rows.into_iter().map(|(user, role)| Ok((UserId(user), convert::role(&role)?))).collect()
}

statement! { Owners(project: Uuid as SqlUuid) -> BigInt:
"SELECT count(*) FROM members WHERE project_id = {} AND role = 'owner'" }
statement! { Accounts(users: &'a [Uuid] as Array<SqlUuid>) -> SqlUuid:
"SELECT id FROM users WHERE id = ANY({}) AND disabled_at IS NULL" }
statement! { CommentedTasks(project: Uuid as SqlUuid, of: Uuid as SqlUuid, comments: &'a [Uuid] as Array<SqlUuid>) -> SqlUuid:
"SELECT id FROM tasks WHERE project_id = {} AND id IN \
(SELECT task_id FROM comments WHERE project_id = {} AND id = ANY({}))" }

async fn owners(conn: &AsyncPgConnection, project: ProjectId, wanted: bool) -> Result<usize> {
    if !wanted {
        return Ok(0);
    }
    let owners: i64 = Owners::new(project.0).get_result(&mut &*conn).await?;
    Ok(usize::try_from(owners).unwrap_or(0))
}

async fn accounts(conn: &AsyncPgConnection, users: &BTreeSet<UserId>) -> Result<BTreeSet<UserId>> {
    if users.is_empty() {
        return Ok(BTreeSet::new());
    }
    let users: Vec<Uuid> = users.iter().map(|user| user.0).collect();
    let ids: Vec<Uuid> = Accounts::new(&users).load(&mut &*conn).await?;
    Ok(ids.into_iter().map(UserId).collect())
}

async fn commented_tasks(
    conn: &AsyncPgConnection,
    project: ProjectId,
    comment_ids: &[Uuid],
) -> Result<Vec<tasks::Kept>> {
    if comment_ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = CommentedTasks::new(project.0, project.0, comment_ids).load(&mut &*conn).await?;
    tasks::some(conn, project, &ids).await
}

async fn statuses(conn: &AsyncPgConnection, project: ProjectId, wanted: bool) -> Result<BTreeSet<Key>> {
    match wanted {
        true => Ok(tasks::statuses_in_use(conn, project).await?.into_iter().collect()),
        false => Ok(BTreeSet::new()),
    }
}

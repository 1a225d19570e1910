//! Step 3 of 8: what the rules need, read under the project's lock in one flight. Never the whole project, so the cost
//! of a command does not grow with it.

use crate::audience::{self, Audience};
use crate::members::Submitter;
use crate::projects::LockedProject;
use crate::schema::members;
use crate::{Result, comments, convert, dependencies, events, order, tasks};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::command::{Past, Undoing};
use domain::comment::Comment;
use domain::dependency::MOST_EDGES;
use domain::event::Access;
use domain::facts::{Edges, Facts, Nearby, Touched};
use domain::order::{ROOMY, Ranks, SIDE, Span};
use domain::rank::Rank;
use domain::snapshot::State;
use domain::text::Key;
use domain::time::Moment;
use domain::{ProjectId, Role, TaskId, UserId, Version};
use futures_util::future::try_join_all;
use futures_util::try_join;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The rows that the rules need. [`FactRows::under`] puts them together with the project's row.
#[derive(Debug)]
pub struct FactRows {
    members: BTreeMap<UserId, Role>,
    owners: usize,
    accounts: BTreeSet<UserId>,
    colleagues: BTreeSet<(UserId, UserId)>,
    tasks: Vec<tasks::StoredTask>,
    comments: Vec<Comment>,
    ranks: Ranks,
    audience: Audience,
    statuses_in_use: BTreeMap<Key, i64>,
    graph: Graph,
    past: Past,
}

/// The edges between tasks, and the tasks above others.
#[derive(Debug)]
struct Graph {
    edges: Vec<dependencies::EdgeWithEnds>,
    truncated: bool,
    above: Vec<Nearby>,
    parents_truncated: bool,
}

/// Most crowded places that get room in one transaction. Later transactions make room at the others.
const MOST_CROWDS: usize = 16;
/// Most walks along edges that are read for one transaction.
const MOST_WALKS: usize = 10;

/// Reads what commands that touch `touched` are judged by, except who sends them. It needs nothing of the project's row, so
/// it goes to Postgres in the same flight as the lock, right behind it. An event that is to be undone takes one flight more,
/// because what it touched has to be known first. So does a place where many moves have made the ranks long, because its
/// neighbours have to be known.
///
/// # Locks
/// The project's, or sent to Postgres after the statement that takes it.
///
/// # Errors
/// Those of the queries.
pub async fn read(conn: &AsyncPgConnection, project: ProjectId, touched: &Touched) -> Result<FactRows> {
    let past = undoing(conn, project, &touched.events).await?;
    let mut touched = touched.clone();
    past.values().for_each(|undoing| undoing.touch(&mut touched));
    let comment_ids: Vec<Uuid> = touched.comments.iter().map(|id| id.0).collect();
    let task_ids = ids(&touched.tasks);
    // What is removed from the archive goes with what was archived with it.
    let (removed, groups) = (ids(&touched.removed_with()), ids(&(&touched.removed | &touched.restored)));
    let (
        members,
        owners,
        accounts,
        colleagues,
        mut found,
        commented,
        places,
        last,
        wanted,
        comments,
        statuses_in_use,
        graph,
        families,
        mut audience,
    ) = try_join!(
        roles(conn, project, &touched.users),
        owners(conn, project, !touched.users.is_empty()),
        accounts(conn, &touched.users),
        crate::members::colleagues(conn, &touched.added),
        tasks::by_ids(conn, project, &task_ids),
        commented_tasks(conn, project, &comment_ids),
        order::places(conn, project, if touched.order { &task_ids } else { &[] }),
        last_rank(conn, project, touched.order),
        ranks_around(conn, project, &touched.ranks),
        comments::by_ids(conn, project, &comment_ids),
        statuses(conn, project, touched.workflow),
        graph(conn, project, &touched),
        tasks::families(conn, project, &removed, &groups),
        audience::read(conn, project, &touched, &comment_ids),
    )?;
    found.extend(commented);
    let family = families.iter().map(|stored| stored.task.id);
    audience.add_below(conn, project, &touched, family).await?;
    found.extend(families);
    let crowds = try_join_all(crowded(&touched, &places).into_iter().map(|rank| crowd(conn, project, rank)));
    let (mut ranks, crowds) = (Ranks::default(), crowds.await?);
    last.into_iter().chain(wanted).for_each(|rank| ranks.know(rank));
    for order::PlaceInOrder { rank, above, below, .. } in places {
        ranks.know(rank);
        ranks.know_span(Span { above, below });
    }
    for (span, around) in crowds {
        around.iter().for_each(|stored| ranks.know(stored.task.rank.clone()));
        ranks.know_span(span);
        found.extend(around);
    }
    Ok(FactRows {
        members,
        owners,
        accounts,
        colleagues,
        tasks: found,
        comments,
        ranks,
        audience,
        statuses_in_use,
        graph,
        past,
    })
}

fn ids(tasks: &BTreeSet<TaskId>) -> Vec<Uuid> {
    tasks.iter().map(|id| id.0).collect()
}

/// The edges that the rules may ask for, and the tasks above those that become parents. A part that nobody asks for is not
/// sent to Postgres.
async fn graph(conn: &AsyncPgConnection, project: ProjectId, touched: &Touched) -> Result<Graph> {
    let (linked, restored) = (ids(&touched.linked), ids(&touched.restored));
    let (removed, from) = (ids(&touched.removed_with()), ids(&(&touched.gated | &touched.linked)));
    let upwards = ids(&(&touched.parents | &touched.restored));
    // One edge more than a walk may have, because it shows that there are more.
    let most = i64::try_from(MOST_EDGES).unwrap_or(i64::MAX) + 1;
    let walks = i64::try_from((linked.len() + restored.len()).min(MOST_WALKS)).unwrap_or(1);
    let (mut edges, reachable, around, above) = try_join!(
        dependencies::direct(conn, project, &from),
        dependencies::reachable(conn, project, &linked, &restored, most * walks),
        dependencies::around(conn, project, &removed, &restored),
        tasks::above(conn, project, &upwards, most),
    )?;
    let is_full = |read: usize, most: i64| i64::try_from(read).unwrap_or(i64::MAX) >= most;
    let truncated = walks > 0 && is_full(reachable.len(), most * walks);
    let parents_truncated = is_full(above.len(), most);
    edges.extend(reachable);
    edges.extend(around);
    Ok(Graph { edges, truncated, above, parents_truncated })
}

impl FactRows {
    /// The facts, once the lock is held, and the events that are to be undone. `callers` are the people who send the commands.
    pub fn under(mut self, locked: &LockedProject, callers: &[Submitter]) -> (Facts, Past) {
        let current = &locked.0;
        self.members.extend(callers.iter().filter_map(|caller| Some((caller.user, caller.role?))));
        let mut facts = Facts {
            state: State {
                project: current.project.clone(),
                members: self.members,
                tasks: BTreeMap::new(),
                dependencies: BTreeSet::new(),
            },
            version: current.version,
            now: Moment::now().max(current.changed_at),
            deleted: current.deleted,
            last_number: current.last_number,
            owners: self.owners,
            accounts: self.accounts,
            colleagues: self.colleagues,
            returning: returning(&self.past),
            deleted_tasks: BTreeMap::new(),
            deletions: BTreeMap::new(),
            archivings: BTreeMap::new(),
            nearby: self.graph.above.into_iter().map(|near| (near.task.id, near)).collect(),
            edges: Edges {
                asleep: BTreeSet::new(),
                truncated: self.graph.truncated,
                parents_truncated: self.graph.parents_truncated,
            },
            comments: self.comments.into_iter().map(|comment| (comment.id, comment)).collect(),
            ranks: self.ranks,
            watchers: BTreeSet::new(),
            muted: BTreeSet::new(),
            following: BTreeSet::new(),
            waiting: BTreeMap::new(),
            heard: BTreeSet::new(),
            statuses_in_use: self.statuses_in_use,
        };
        self.audience.note(&mut facts);
        for tasks::StoredTask { task, deleted, archived } in self.tasks {
            facts.archivings.extend(archived.map(|version| (task.id, version)));
            facts.deletions.extend(deleted.map(|version| (task.id, version)));
            let shelf = if deleted.is_some() { &mut facts.deleted_tasks } else { &mut facts.state.tasks };
            shelf.insert(task.id, task);
        }
        for dependencies::EdgeWithEnds { edge, ends } in self.graph.edges {
            let sleeps = ends.iter().any(|end| end.deleted);
            let shelf = if sleeps { &mut facts.edges.asleep } else { &mut facts.state.dependencies };
            shelf.insert(edge);
            for end in ends {
                facts.nearby.entry(end.task.id).or_insert(end);
            }
        }
        (facts, self.past)
    }
}

fn returning(past: &Past) -> BTreeSet<UserId> {
    let returning = past.values().filter_map(|undoing| match undoing.event.body.access() {
        Access::Revoked(user) => Some(user),
        Access::Unchanged | Access::Granted(..) | Access::Closed | Access::Opened => None,
    });
    returning.collect()
}

async fn undoing(conn: &AsyncPgConnection, project: ProjectId, versions: &BTreeSet<Version>) -> Result<Past> {
    if versions.is_empty() {
        return Ok(Past::new());
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

/// The ranks beside wanted places that are so long that their neighbours may have to make room; the longest of them.
fn crowded<'a>(touched: &'a Touched, places: &'a [order::PlaceInOrder]) -> BTreeSet<&'a Rank> {
    let beside = places.iter().filter(|place| touched.neighbours.contains(&place.task));
    let ranks = beside.flat_map(|place| [Some(&place.rank), place.above.as_ref(), place.below.as_ref()]);
    let mut long: Vec<&Rank> =
        ranks.flatten().chain(&touched.ranks).filter(|rank| rank.as_str().len() > ROOMY).collect();
    long.sort_unstable_by_key(|rank| std::cmp::Reverse(rank.as_str().len()));
    long.into_iter().take(MOST_CROWDS).collect()
}

/// The tasks around a rank, and the two ranks between which there is no other task.
async fn crowd(
    conn: &AsyncPgConnection,
    project: ProjectId,
    rank: &Rank,
) -> Result<(Span, Vec<tasks::StoredTask>)> {
    // One task more on each side, because its rank bounds the others.
    let most = SIDE + 1;
    let (mut around, upper) =
        order::around(conn, project, rank, i64::try_from(most).unwrap_or(i64::MAX)).await?;
    let end = |tasks: &[tasks::StoredTask]| tasks.get(most - 1).map(|last| last.task.rank.clone());
    let span = Span { above: end(&around), below: end(&upper) };
    around.extend(upper);
    Ok((span, around))
}

async fn last_rank(conn: &AsyncPgConnection, project: ProjectId, wanted: bool) -> Result<Option<Rank>> {
    match wanted {
        true => order::last_rank(conn, project).await,
        false => Ok(None),
    }
}

/// Those of these ranks that a task has, and the next rank above each.
async fn ranks_around(
    conn: &AsyncPgConnection,
    project: ProjectId,
    ranks: &BTreeSet<Rank>,
) -> Result<Vec<Rank>> {
    match ranks.is_empty() {
        true => Ok(Vec::new()),
        false => order::ranks_from(conn, project, ranks).await,
    }
}

async fn roles(
    conn: &AsyncPgConnection,
    project: ProjectId,
    users: &BTreeSet<UserId>,
) -> Result<BTreeMap<UserId, Role>> {
    if users.is_empty() {
        return Ok(BTreeMap::new());
    }
    let users = users.iter().map(|user| user.0);
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
"SELECT id FROM tasks WHERE project_id = {} AND id = \
ANY(ARRAY(SELECT task_id FROM comments WHERE project_id = {} AND id = ANY({})))" }

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
) -> Result<Vec<tasks::StoredTask>> {
    if comment_ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = CommentedTasks::new(project.0, project.0, comment_ids).load(&mut &*conn).await?;
    tasks::by_ids(conn, project, &ids).await
}

async fn statuses(conn: &AsyncPgConnection, project: ProjectId, wanted: bool) -> Result<BTreeMap<Key, i64>> {
    match wanted {
        true => Ok(tasks::statuses_in_use(conn, project).await?.into_iter().collect()),
        false => Ok(BTreeMap::new()),
    }
}

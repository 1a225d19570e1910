//! A person's feed: that something changed for them, and what. Instances compare feed versions, and tell clients what they
//! have to read again.

use crate::Result;
use diesel::sql_types::{Array, BigInt, Integer, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{ProjectId, UserId};
use std::collections::BTreeMap;
use std::ops::{BitOr, BitOrAssign};
use uuid::Uuid;

/// In a project of more members than this the others are not told of a join, a departure or a name, because each of them
/// costs the write of a row. Their clients see it when they read the people again.
pub const MOST_TOLD_OF_PEOPLE: i64 = 500;
/// So many people are told of a changed name, at most.
const MOST_COLLEAGUES: i64 = 2_000;

/// One thing that a person reads again when it changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Concern {
    /// The list of their projects.
    Projects,
    /// The people they share projects with.
    People,
    /// Their notifications.
    Inbox,
}

/// What changed for a person; none if only their account or their sessions did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Concerns(i32);

impl Concerns {
    /// Only the account or the sessions.
    pub const NONE: Concerns = Concerns(0);
    /// [`Concern::Projects`].
    pub const PROJECTS: Concerns = Concerns(1);
    /// [`Concern::People`].
    pub const PEOPLE: Concerns = Concerns(2);
    /// [`Concern::Inbox`].
    pub const INBOX: Concerns = Concerns(4);

    /// Whether nothing is in it.
    pub fn is_empty(self) -> bool {
        self == Concerns::NONE
    }

    /// What is in it.
    pub fn iter(self) -> impl Iterator<Item = Concern> {
        let all = [
            (Concerns::PROJECTS, Concern::Projects),
            (Concerns::PEOPLE, Concern::People),
            (Concerns::INBOX, Concern::Inbox),
        ];
        all.into_iter().filter(move |(bit, _)| self.0 & bit.0 != 0).map(|(_, concern)| concern)
    }
}

impl BitOr for Concerns {
    type Output = Concerns;

    fn bitor(self, other: Concerns) -> Concerns {
        Concerns(self.0 | other.0)
    }
}

impl BitOrAssign for Concerns {
    fn bitor_assign(&mut self, other: Concerns) {
        *self = *self | other;
    }
}

/// A person's feed and the versions at which its parts last changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feed {
    /// Whose it is.
    pub user: UserId,
    /// Raised by whatever concerns the person.
    pub version: i64,
    projects_at: i64,
    people_at: i64,
    inbox_at: i64,
}

impl Feed {
    /// What changed for somebody who knows the feed at `version`. If the last raise does not say what changed, which may be
    /// one by an instance of the version before, the list of projects counts as changed.
    pub fn since(&self, version: i64) -> Concerns {
        let marks = [
            (self.projects_at, Concerns::PROJECTS),
            (self.people_at, Concerns::PEOPLE),
            (self.inbox_at, Concerns::INBOX),
        ];
        let newer = marks.iter().filter(|(at, _)| *at > version);
        let concerns = newer.fold(Concerns::NONE, |concerns, (_, concern)| concerns | *concern);
        let unmarked = marks.iter().all(|(at, _)| *at < self.version);
        match concerns.is_empty() || unmarked {
            true => concerns | Concerns::PROJECTS,
            false => concerns,
        }
    }
}

/// Something changed for all members of a project.
#[derive(Debug, Clone, Copy)]
pub struct OfMembers {
    /// The project.
    pub project: ProjectId,
    /// What changed for every member.
    pub always: Concerns,
    /// What also changed, if the project has at most [`MOST_TOLD_OF_PEOPLE`] members.
    pub if_few: Concerns,
}

// The people are locked in id order: the nested loop over a sorted list keeps its order, and `FOR NO KEY UPDATE` inside
// the lateral query leaves the planner no other join.
macro_rules! raise {
    ($asked:literal) => {
        concat!(
            "UPDATE users SET feed_version = feed_version + 1, \
                projects_at = CASE WHEN locked.concerns & 1 <> 0 THEN feed_version + 1 ELSE projects_at END, \
                people_at = CASE WHEN locked.concerns & 2 <> 0 THEN feed_version + 1 ELSE people_at END, \
                inbox_at = CASE WHEN locked.concerns & 4 <> 0 THEN feed_version + 1 ELSE inbox_at END \
            FROM (SELECT u.id, asked.concerns FROM (",
            $asked,
            ") asked CROSS JOIN LATERAL (SELECT id FROM users WHERE id = asked.id FOR NO KEY UPDATE) u) AS locked \
            WHERE users.id = locked.id"
        )
    };
}
statement! { Raise(users: Vec<Uuid> as Array<SqlUuid>, concerns: Vec<i32> as Array<Integer>) -> SqlUuid:
raise!("SELECT * FROM unnest({}, {}) AS told (id, concerns) ORDER BY id") }
statement! { RaiseMembers(users: Vec<Uuid> as Array<SqlUuid>, concerns: Vec<i32> as Array<Integer>,
    counted: Uuid as SqlUuid, more: i64 as BigInt, most: i64 as BigInt, if_few: i32 as Integer, always: i32 as Integer,
    project: Uuid as SqlUuid) -> SqlUuid:
raise!("SELECT id, bit_or(concerns) AS concerns FROM ( \
        SELECT * FROM unnest({}, {}) AS told (id, concerns) \
        UNION ALL \
        SELECT m.user_id, told_all.concerns FROM members m, (SELECT CASE WHEN \
            (SELECT count(*) FROM (SELECT FROM members WHERE project_id = {} LIMIT {}) AS first) <= {} \
            THEN {} ELSE {} END AS concerns) AS told_all \
        WHERE m.project_id = {} AND told_all.concerns <> 0) AS people \
    GROUP BY id ORDER BY id") }
statement! { Told(counted: Uuid as SqlUuid, more: i64 as BigInt, most: i64 as BigInt, if_few: i32 as Integer, always: i32 as Integer,
    project: Uuid as SqlUuid) -> (SqlUuid, Integer):
"SELECT m.user_id, told_all.concerns FROM members m, (SELECT CASE WHEN \
    (SELECT count(*) FROM (SELECT FROM members WHERE project_id = {} LIMIT {}) AS first) <= {} \
    THEN {} ELSE {} END AS concerns) AS told_all \
WHERE m.project_id = {} AND told_all.concerns <> 0" }
statement! { Colleagues(user: Uuid as SqlUuid, most: i64 as BigInt, more: i64 as BigInt, limit: i64 as BigInt) -> SqlUuid:
"WITH few AS (SELECT p.id FROM members own JOIN projects p ON p.id = own.project_id AND p.deleted_at IS NULL \
    WHERE own.user_id = {} AND {} >= \
        (SELECT count(*) FROM (SELECT FROM members WHERE project_id = p.id LIMIT {}) AS first)) \
SELECT DISTINCT m.user_id FROM few JOIN members m ON m.project_id = few.id LIMIT {}" }
statement! { Moved(users: Vec<Uuid> as Array<SqlUuid>, feeds: Vec<i64> as Array<BigInt>) -> (SqlUuid, BigInt, BigInt, BigInt, BigInt):
"SELECT u.* FROM unnest({}, {}) AS known (id, feed_version) \
CROSS JOIN LATERAL (SELECT id, feed_version, projects_at, people_at, inbox_at FROM users WHERE id = known.id OFFSET 0) u \
WHERE u.feed_version <> known.feed_version" }

/// Tells every instance what changed for these people; each of them is raised once. The last statement of its transaction,
/// so that their rows are held only briefly.
///
/// # Locks
/// The people's rows in id order, to the end of the caller's transaction.
///
/// # Errors
/// Those of the query.
pub async fn raise(conn: &AsyncPgConnection, people: &[(UserId, Concerns)]) -> Result<()> {
    let (ids, concerns) = once_each(people);
    Raise::new(ids, concerns).execute(&mut &*conn).await?;
    Ok(())
}

/// [`raise()`] for these people and for all members that the project has at this point of the transaction.
///
/// # Locks
/// The people's rows in id order, to the end of the caller's transaction.
///
/// # Errors
/// Those of the query.
pub async fn raise_members(
    conn: &AsyncPgConnection,
    people: &[(UserId, Concerns)],
    members: OfMembers,
) -> Result<()> {
    let (ids, concerns) = once_each(people);
    let (project, most, always) = (members.project.0, MOST_TOLD_OF_PEOPLE, members.always);
    let if_few = always | members.if_few;
    let raise = RaiseMembers::new(ids, concerns, project, most + 1, most, if_few.0, always.0, project);
    raise.execute(&mut &*conn).await?;
    Ok(())
}

/// Whom [`raise_members`] would raise of a project's members, for a transaction that changes several projects: it raises
/// everybody at once.
///
/// # Errors
/// Those of the query.
pub async fn told(conn: &AsyncPgConnection, members: OfMembers) -> Result<Vec<(UserId, Concerns)>> {
    let (project, most, always) = (members.project.0, MOST_TOLD_OF_PEOPLE, members.always);
    let if_few = always | members.if_few;
    let told = Told::new(project, most + 1, most, if_few.0, always.0, project);
    let rows: Vec<(Uuid, i32)> = told.load(&mut &*conn).await?;
    Ok(rows.into_iter().map(|(user, concerns)| (UserId(user), Concerns(concerns))).collect())
}

/// Tells everybody who shares a project with this person, and the person, that [`Concern::People`] changed. Not those who share
/// only projects of more than [`MOST_TOLD_OF_PEOPLE`] members, and at most 2,000 people.
///
/// # Locks
/// The people's rows in id order, to the end of the caller's transaction. So it comes before whatever else locks the row of
/// a person in that transaction.
///
/// # Errors
/// Those of the queries.
pub async fn raise_colleagues(conn: &AsyncPgConnection, user: UserId) -> Result<()> {
    let most = MOST_TOLD_OF_PEOPLE;
    let ids: Vec<Uuid> = Colleagues::new(user.0, most, most + 1, MOST_COLLEAGUES).load(&mut &*conn).await?;
    let people = ids.into_iter().map(UserId).chain([user]);
    let people: Vec<_> = people.map(|person| (person, Concerns::PEOPLE)).collect();
    raise(conn, &people).await
}

fn once_each(people: &[(UserId, Concerns)]) -> (Vec<Uuid>, Vec<i32>) {
    let mut each: BTreeMap<Uuid, Concerns> = BTreeMap::new();
    people.iter().for_each(|(user, concerns)| *each.entry(user.0).or_default() |= *concerns);
    each.into_iter().map(|(id, concerns)| (id, concerns.0)).unzip()
}

/// The feeds of those people for whom the caller knows another version.
///
/// # Errors
/// Those of the query.
pub async fn moved(conn: &AsyncPgConnection, known: &[(UserId, i64)]) -> Result<Vec<Feed>> {
    let (ids, feeds) = known.iter().map(|(user, feed)| (user.0, *feed)).unzip();
    let rows: Vec<(Uuid, i64, i64, i64, i64)> = Moved::new(ids, feeds).load(&mut &*conn).await?;
    let feed = |(id, version, projects_at, people_at, inbox_at)| Feed {
        user: UserId(id),
        version,
        projects_at,
        people_at,
        inbox_at,
    };
    Ok(rows.into_iter().map(feed).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn since(version: i64, [projects_at, people_at, inbox_at]: [i64; 3], known: i64) -> Vec<Concern> {
        let feed = Feed { user: UserId(Uuid::nil()), version, projects_at, people_at, inbox_at };
        feed.since(known).iter().collect()
    }

    #[test]
    fn a_feed_tells_what_changed_since_the_known_version() {
        assert_eq!(since(7, [5, 7, 0], 5), [Concern::People]);
        assert_eq!(since(7, [6, 7, 6], 5), [Concern::Projects, Concern::People, Concern::Inbox]);
    }

    #[test]
    fn a_raise_that_does_not_say_what_changed_counts_as_a_change_of_the_projects() {
        assert_eq!(since(7, [3, 0, 0], 5), [Concern::Projects]);
        assert_eq!(since(7, [3, 6, 0], 5), [Concern::Projects, Concern::People]);
        assert_eq!(since(2, [1, 2, 0], 5), [Concern::Projects], "the log was replaced by an older one");
    }

    #[test]
    fn each_person_is_raised_once() {
        let [first, second] = [1, 2].map(|id| UserId(Uuid::from_u128(id)));
        let people = [(second, Concerns::INBOX), (first, Concerns::NONE), (second, Concerns::PEOPLE)];
        assert_eq!(once_each(&people), (vec![first.0, second.0], vec![0, 6]));
    }
}

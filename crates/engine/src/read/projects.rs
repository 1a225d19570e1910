//! Projects, their people, and the own account.

use crate::caller::Caller;
use crate::error::ReadError;
use crate::question::{Question, Sources};
use domain::{ProjectId, Role, UserId, Version};
use std::sync::Arc;
use store::members::Person;
use store::projects::{Current, Summary};
use store::users::User;

/// All projects of a person, with their roles.
pub struct OwnProjects {
    /// Who asks.
    pub caller: Caller,
}

impl Question for OwnProjects {
    type Answer = Vec<(Arc<Summary>, Role)>;

    /// Memberships and heads are read from Postgres. Tasks are counted only for projects whose counts are in no cache.
    async fn answer(self, from: &Sources) -> Result<Self::Answer, ReadError> {
        let own = {
            let conn = from.conn().await?;
            from.lists.own(&conn, self.caller.user, self.caller.sid).await?
        };
        if !own.standing.alive {
            return Err(ReadError::SessionEnded);
        }
        let (mut summaries, unknown) = from.lists.known(&own).await;
        if !unknown.is_empty() {
            let conn = from.conn().await?;
            summaries.extend(from.lists.learn(store::projects::summaries(&conn, &unknown).await?));
        }
        let with_role =
            |summary: Arc<Summary>| own.roles.get(&summary.id).map(|role| (summary.clone(), *role));
        summaries.retain(|summary| self.caller.reaches(summary.id));
        Ok(summaries.into_iter().filter_map(with_role).collect())
    }
}

/// A project's own fields.
pub struct OneProject {
    /// Who asks.
    pub caller: Caller,
    /// Which project.
    pub project: ProjectId,
}

/// A project as a member sees it.
pub struct ShownProject {
    /// What the caller may do.
    pub role: Role,
    /// The project at its current version.
    pub current: Current,
}

impl Question for OneProject {
    type Answer = ShownProject;

    async fn answer(self, from: &Sources) -> Result<ShownProject, ReadError> {
        let (conn, admission) = from.admitted(&self.caller, self.project).await?;
        let current = store::projects::read(&conn, self.project).await?.ok_or(ReadError::NotFound)?;
        Ok(ShownProject { role: admission.role, current })
    }
}

/// Who is a member, as of a version.
pub struct ProjectMembers {
    /// Who asks.
    pub caller: Caller,
    /// Whose members.
    pub project: ProjectId,
}

impl Question for ProjectMembers {
    type Answer = (Version, Vec<(UserId, Role)>);

    async fn answer(self, from: &Sources) -> Result<Self::Answer, ReadError> {
        let (conn, admission) = from.admitted(&self.caller, self.project).await?;
        Ok((admission.version, store::members::of(&conn, self.project).await?))
    }
}

/// Everybody whom a project's log names.
pub struct ProjectPeople {
    /// Who asks.
    pub caller: Caller,
    /// Whose log.
    pub project: ProjectId,
}

impl Question for ProjectPeople {
    type Answer = Vec<Person>;

    async fn answer(self, from: &Sources) -> Result<Vec<Person>, ReadError> {
        let (conn, _) = from.admitted(&self.caller, self.project).await?;
        Ok(store::members::people(&conn, self.project).await?)
    }
}

/// The own account.
pub struct OwnAccount {
    /// Who asks.
    pub caller: Caller,
}

impl Question for OwnAccount {
    type Answer = User;

    async fn answer(self, from: &Sources) -> Result<User, ReadError> {
        let conn = from.conn().await?;
        let (user, sid) = (self.caller.user, self.caller.sid);
        let (alive, user) = futures_util::try_join!(
            store::sessions::alive(&conn, user, sid),
            store::users::by_id(&conn, user)
        )?;
        user.filter(|_| alive).ok_or(ReadError::SessionEnded)
    }
}

//! What a person has muted.

use super::places::{Place, Places};
use crate::caller::Caller;
use crate::error::ReadError;
use crate::question::{Question, Sources};
use domain::{ProjectId, TaskId};
use uuid::Uuid;

/// What one has muted, in the order of ids.
pub struct OwnMutes {
    /// Who asks.
    pub caller: Caller,
    /// Where the page before ended.
    pub after: Option<Uuid>,
    /// At most so many.
    pub limit: usize,
}

/// A task or a project that is muted.
pub struct Mute {
    /// Its id.
    pub target: Uuid,
    /// The project that it is, or is in.
    pub project: ProjectId,
    /// `None`: the project ended for the person.
    pub place: Option<Place>,
}

impl Question for OwnMutes {
    type Answer = (Vec<Mute>, Option<Uuid>);

    async fn answer(self, from: &Sources) -> Result<Self::Answer, ReadError> {
        let OwnMutes { caller, after, limit } = self;
        let one_more = i64::try_from(limit + 1).unwrap_or(i64::MAX);
        let conn = from.conn().await?;
        let (alive, mut found) = futures_util::try_join!(
            store::sessions::alive(&conn, caller.user, caller.sid),
            store::mutes::of(&conn, caller.user, caller.only_ids(), after.unwrap_or_default(), one_more),
        )?;
        if !alive {
            return Err(ReadError::SessionEnded);
        }
        let more = found.len() > limit;
        found.truncate(limit);
        let next = found.last().filter(|_| more).map(|(target, _)| *target);
        let task = |target: Uuid, project: ProjectId| (target != project.0).then_some(TaskId(target));
        let wanted: Vec<_> =
            found.iter().map(|(target, project)| (*project, task(*target, *project))).collect();
        let places = Places::read(&conn, caller.user, &wanted).await?;
        let mute = |(target, project): (Uuid, ProjectId)| {
            let place = places.of(project, task(target, project));
            Mute { target, project, place }
        };
        Ok((found.into_iter().map(mute).collect(), next))
    }
}

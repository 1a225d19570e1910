//! An event as people read it.

use domain::activity::Change;
use domain::before::Before;
use domain::event::Event;
use domain::time::Moment;
use domain::{CommentId, TaskId, UserId, Version};
use serde::Serialize;

/// An event as people read it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Activity {
    pub version: Version,
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub at: Moment,
    pub actor: UserId,
    /// The name of the API token that the actor used, if it was one.
    pub via: Option<String>,
    /// The version of the event that this one undid.
    pub undoes: Option<Version>,
    /// The tasks it concerns.
    pub tasks: Vec<TaskId>,
    pub comment: Option<CommentId>,
    /// The member it concerns.
    pub user: Option<UserId>,
    pub changes: Vec<Change>,
}

impl Activity {
    /// Of an event and what it replaced.
    pub fn of(event: &Event, before: Option<&Before>) -> Activity {
        Activity {
            version: event.version,
            kind: event.body.kind(),
            at: event.at,
            actor: event.actor,
            via: event.via.clone(),
            undoes: event.undoes,
            tasks: event.body.concerns(),
            comment: event.body.comment(),
            user: event.body.user(),
            changes: event.activity(before),
        }
    }
}

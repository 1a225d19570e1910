//! What a batch changes in the feeds of people.

use domain::UserId;
use domain::event::{Event, EventBody};
use domain::notice::gather::Notice;
use store::feeds::{Concerns, OfMembers};
use store::projects::Current;

/// What changes for single people: those whose membership began, ended or has another role, and those who are told of
/// something.
pub fn of_people<'a>(events: impl Iterator<Item = &'a Event>, notices: &[Notice]) -> Vec<(UserId, Concerns)> {
    let members = events.filter_map(|event| event.body.user());
    let members = members.map(|user| (user, Concerns::PROJECTS | Concerns::PEOPLE));
    members.chain(notices.iter().map(|notice| (notice.user, Concerns::INBOX))).collect()
}

/// What changes for every member. A list of projects shows key, name and whether the project is archived; a deleted project
/// is in nobody's list and makes nobody a colleague.
pub fn of_members<'a>(
    before: &Current,
    after: &Current,
    mut events: impl Iterator<Item = &'a Event>,
) -> Option<OfMembers> {
    let (was, is) = (&before.project, &after.project);
    let listed_otherwise = (&was.key, &was.name, was.archived) != (&is.key, &is.name, is.archived);
    let always = match (before.deleted != after.deleted, listed_otherwise) {
        (true, _) => Concerns::PROJECTS | Concerns::PEOPLE,
        (false, true) => Concerns::PROJECTS,
        (false, false) => Concerns::NONE,
    };
    let if_few = match events.any(came_or_went) {
        true => Concerns::PEOPLE,
        false => Concerns::NONE,
    };
    (!(always | if_few).is_empty()).then_some(OfMembers { project: is.id, always, if_few })
}

fn came_or_went(event: &Event) -> bool {
    matches!(event.body, EventBody::MemberAdded(_) | EventBody::MemberRemoved(_))
}

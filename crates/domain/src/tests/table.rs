//! The facts as a store reads them: made of the log alone, by code that shares nothing with [`Facts::apply`].

use super::*;
use crate::comment::Comment;
use crate::event;

/// Everything that the tables would have after these events.
pub(super) fn read(log: &[Event], accounts: &BTreeSet<UserId>) -> Facts {
    let mut snapshot = Snapshot::begin("e".into(), &log[0]).expect("the first event");
    let mut facts = World::empty(&snapshot, log[0].at);
    facts.accounts.clone_from(accounts);
    for event in &log[1..] {
        off_board(&mut facts, &snapshot, event);
        comments(&mut facts.comments, event);
        snapshot.apply(event).expect("the next event");
    }
    facts.version = snapshot.version;
    facts.state = snapshot.state;
    facts.owners = facts.state.members.values().filter(|role| **role == Role::Owner).count();
    for task in facts.state.tasks.values().chain(facts.deleted_tasks.values()) {
        facts.last_number = facts.last_number.max(task.number);
        facts.ranks.know(task.rank.clone());
    }
    for task in facts.state.tasks.values() {
        *facts.statuses_in_use.entry(task.status.clone()).or_default() += 1;
    }
    facts
}

fn off_board(facts: &mut Facts, before: &Snapshot, event: &Event) {
    for reranked in &event.reranked {
        if let Some(task) = facts.deleted_tasks.get_mut(&reranked.task) {
            task.rank = reranked.rank.clone();
        }
    }
    let deleted = matches!(event.body, EventBody::ProjectDeleted(_));
    facts.deleted = deleted || facts.deleted && !matches!(event.body, EventBody::ProjectRestored(_));
    if let EventBody::TaskDeleted(event::TaskDeleted { tasks, .. })
    | EventBody::TaskArchived(event::TaskArchived { tasks, .. }) = &event.body
    {
        for id in tasks {
            // What was archived is in the bin as it was archived.
            facts.deleted_tasks.extend(before.state.tasks.get(id).map(|task| (*id, task.clone())));
            facts.deletions.insert(*id, event.version);
            if matches!(event.body, EventBody::TaskArchived(_)) {
                facts.archivings.insert(*id, event.version);
            }
        }
        let edges = before.state.dependencies.iter();
        facts.edges.asleep.extend(edges.filter(|edge| tasks.iter().any(|id| edge.touches(*id))));
    }
    if let EventBody::TaskRestored(event::TaskRestored { archived, .. }) = &event.body {
        facts.deletions.extend(archived.iter().map(|id| (*id, facts.archivings[id])));
    }
    if let EventBody::TaskRestored(event::TaskRestored { tasks, dependencies, dropped, .. })
    | EventBody::TaskUnarchived(event::TaskUnarchived { tasks, dependencies, dropped, .. }) = &event.body
    {
        for task in tasks {
            facts.deleted_tasks.remove(&task.id);
            facts.deletions.remove(&task.id);
            facts.archivings.remove(&task.id);
        }
        let awake: BTreeSet<_> = dependencies.iter().chain(dropped).collect();
        facts.edges.asleep.retain(|edge| !awake.contains(edge));
    }
}

fn comments(comments: &mut BTreeMap<CommentId, Comment>, event: &Event) {
    let at = |id: &CommentId| comments.get(id).cloned().expect("a comment that was added");
    let (version, updated_at) = (event.version, event.at);
    let comment =
        if let EventBody::CommentAdded(event::CommentAdded { comment, task, body, reply_to, .. }) =
            &event.body
        {
            Comment {
                id: *comment,
                task: *task,
                reply_to: *reply_to,
                author: event.actor,
                body: Some(body.clone()),
                deleted: false,
                reactions: BTreeMap::new(),
                created_version: version,
                version,
                created_at: updated_at,
                updated_at,
                withheld: None,
            }
        } else if let EventBody::CommentUpdated(event::CommentUpdated { comment, body, .. })
        | EventBody::CommentRestored(event::CommentRestored { comment, body, .. }) = &event.body
        {
            let body = Some(body.clone());
            Comment { body, deleted: false, withheld: None, version, updated_at, ..at(comment) }
        } else if let EventBody::CommentDeleted(event::CommentDeleted { comment, .. }) = &event.body {
            let comment = at(comment);
            let withheld = comment.body.clone();
            Comment { body: None, deleted: true, withheld, version, updated_at, ..comment }
        } else if let EventBody::CommentReacted(event::CommentReacted { comment, emoji, on, .. }) =
            &event.body
        {
            let mut comment = at(comment);
            let people = comment.reactions.entry(emoji.clone()).or_default();
            match on {
                true => people.insert(event.actor),
                false => people.remove(&event.actor),
            };
            comment.reactions.retain(|_, people| !people.is_empty());
            comment
        } else {
            return;
        };
    comments.insert(comment.id, comment);
}

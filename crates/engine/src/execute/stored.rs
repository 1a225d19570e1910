//! Decisions as they are stored, for their repeats. See [`super::stored_refusal`] for what does not change.

use super::outcome::{Outcome, Refusal, Resource, Verdict};
use super::stored_refusal::{StoredRefusal, write};
use serde_json::json;
use store::results::Decided;

/// The stored form of a refusal.
pub fn refusal(refusal: &Refusal) -> String {
    write(refusal.kind(), refusal.code(), refusal.detail(), refusal.extensions())
}

/// The same for a whole list, which was refused because of the command at `index`.
pub fn refusal_at(index: usize, refusal: &Refusal) -> String {
    let mut extensions = refusal.extensions();
    extensions.insert("index".to_owned(), json!(index));
    write(refusal.kind(), refusal.code(), refusal.detail(), extensions)
}

/// The stored form of what was decided for a command whose hash is `hash`.
pub fn decided(outcome: &Outcome, hash: &[u8]) -> Decided {
    let (event, resource, problem) = match &outcome.verdict {
        Verdict::Changed { event, resource } => (Some(event.clone()), resource.as_ref(), None),
        Verdict::Unchanged { resource } => (None, resource.as_ref(), None),
        Verdict::Refused(refused) => (None, None, Some(refusal(refused))),
    };
    Decided {
        command_id: outcome.id,
        hash: hash.to_vec(),
        version: outcome.version,
        event,
        resource: resource.map(Resource::to_json),
        problem,
    }
}

/// What a repeat of a decided command gets.
pub fn replay(decided: &Decided) -> Outcome {
    let resource = decided.resource.clone().map(Resource::Stored);
    let verdict = match (&decided.problem, &decided.event) {
        (Some(problem), _) => Verdict::Refused(Refusal::Stored(StoredRefusal::read(problem))),
        (None, Some(event)) => Verdict::Changed { event: event.clone(), resource },
        (None, None) => Verdict::Unchanged { resource },
    };
    Outcome { id: decided.command_id, version: decided.version, verdict, replayed: true }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Rejection;
    use domain::rejection::RejectionKind;
    use domain::{CommandId, Role, UserId};
    use uuid::Uuid;

    #[test]
    fn the_stored_form_of_a_refusal_does_not_change() {
        let fresh = Refusal::Fresh(Rejection::Stale { current: 7 });
        let text = refusal(&fresh);
        assert_eq!(
            text,
            r#"{"status":409,"code":"stale","detail":"the task has changed meanwhile; it is at version 7","extensions":{"current":7}}"#
        );
        let read = StoredRefusal::read(&text);
        assert_eq!(read.kind, RejectionKind::Conflict);
        assert_eq!(refusal(&Refusal::Stored(read)), text);
    }

    #[test]
    fn a_failed_precondition_is_kept_as_one_that_the_version_before_reads_as_a_conflict() {
        let text = refusal(&Refusal::Fresh(Rejection::PreconditionFailed { current: 7 }));
        assert!(text.starts_with(r#"{"status":409,"code":"stale","#), "{text}");
        let read = StoredRefusal::read(&text);
        assert_eq!(read.kind, RejectionKind::Precondition);
        assert_eq!(refusal(&Refusal::Stored(read)), text);
    }

    #[test]
    fn a_list_is_stored_with_the_place_of_what_was_refused() {
        let text = refusal_at(3, &Refusal::Fresh(Rejection::TaskNotFound));
        let mut read = StoredRefusal::read(&text);
        assert_eq!(
            (read.take_index(), read.kind, read.code.as_str()),
            (3, RejectionKind::NotFound, "task_not_found")
        );
        assert!(read.extensions.is_empty());
    }

    #[test]
    fn a_refusal_that_cannot_be_read_is_one_all_the_same() {
        assert_eq!(StoredRefusal::read("?").kind, RejectionKind::Unprocessable);
        let unknown = r#"{"status":418,"code":"x","detail":"y","extensions":{}}"#;
        assert_eq!(StoredRefusal::read(unknown).kind, RejectionKind::Unprocessable);
    }

    #[test]
    fn a_repeat_gets_the_bytes_of_the_first_answer() {
        let resource = Resource::Member { user: UserId::new(), role: Some(Role::Editor) };
        let shown = resource.to_json();
        let verdict = Verdict::Changed { event: "{}".to_owned(), resource: Some(resource) };
        let first = Outcome { id: CommandId(Uuid::now_v7()), version: 7, verdict, replayed: false };
        let repeat = replay(&decided(&first, b"hash"));
        assert_eq!(
            (repeat.id, repeat.version, repeat.event(), repeat.replayed),
            (first.id, 7, Some("{}"), true)
        );
        let Verdict::Changed { resource: Some(again), .. } = repeat.verdict else { panic!("a change") };
        assert_eq!(again.to_json(), shown);
    }
}

//! `docs/EVENTS.md` against the code: it shows every type, and its examples are one log that folds.

use domain::event::{Event, EventBody};
use domain::snapshot::Snapshot;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const DOCUMENT: &str = include_str!("../../../docs/EVENTS.md");

/// The code blocks whose first line begins with `kind`, with what follows it there.
fn blocks(kind: &str) -> Vec<(&'static str, Value)> {
    let opening = format!("```json {kind}");
    let found = DOCUMENT.split("\n```").filter(|part| format!("```{part}").starts_with(&opening));
    found
        .map(|part| {
            let (line, text) = part.split_once('\n').expect("a block has lines");
            let title = line.trim_start_matches("json ").trim_start_matches(kind).trim();
            (title, serde_json::from_str(text).unwrap_or_else(|error| panic!("{line}: {error}")))
        })
        .collect()
}

fn log() -> Vec<Event> {
    let (_, first) = blocks("event").remove(0);
    let mut log: Vec<Value> = vec![first.clone()];
    for (kind, data) in blocks("data") {
        let mut event = first.clone();
        event["version"] = json!(log.len() + 1);
        event["type"] = json!(kind);
        event["data"] = data;
        log.push(event);
    }
    log.into_iter().map(|event| serde_json::from_value(event).expect("an event as the code has it")).collect()
}

#[test]
fn every_example_is_read_and_written_alike() {
    for (kind, data) in blocks("data") {
        let read = log().into_iter().find(|event| event.body.kind() == kind).expect("in the log");
        let written = serde_json::to_value(&read).expect("JSON");
        assert_eq!(written["data"], data, "{kind}");
    }
}

#[test]
fn the_examples_are_one_log_that_folds() {
    let snapshot = Snapshot::fold("e".into(), &log()).expect("it folds");
    let task = snapshot.state.tasks.values().next().expect("one task");
    assert_eq!(
        (task.title.as_str(), task.comment_count, task.status.as_str()),
        ("Paint both doors", 1, "done")
    );
    assert_eq!(snapshot.state.members.len(), 1);
}

#[test]
fn every_type_that_the_code_knows_is_shown() {
    let known: BTreeSet<&str> = EventBody::KINDS.iter().copied().collect();
    let shown: BTreeSet<String> = log().iter().map(|event| event.body.kind().to_owned()).collect();
    assert!(known.len() > 10);
    assert_eq!(known, shown.iter().map(String::as_str).collect());
}

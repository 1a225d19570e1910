//! What a plan came to: how many commands of each type were accepted, and how many were refused by which rule.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use serde_json::Value;
use testkit::Answer;

/// Answers counted by the command's type and `changed`, `unchanged`, or the code of the refusal.
#[derive(Default)]
pub struct Outcomes(Mutex<BTreeMap<String, BTreeMap<String, usize>>>);

impl Outcomes {
    pub fn count(&self, body: &Value, answer: &Answer) {
        let Some(commands) = body["commands"].as_array() else { return };
        let mut counts = self.0.lock().expect("no counter panics");
        let mut count = |command: &Value, outcome: &str| {
            let kind = command["type"].as_str().unwrap_or("none").to_owned();
            *counts.entry(kind).or_default().entry(outcome.to_owned()).or_default() += 1;
        };
        if let Some(code) = answer.body["code"].as_str() {
            // Refused as a whole, at one command if it was decided at all.
            let index = answer.body["index"].as_u64().and_then(|index| commands.get(index as usize));
            return index.into_iter().for_each(|command| count(command, code));
        }
        if answer.body["events"].is_array() {
            return commands.iter().for_each(|command| count(command, "accepted with others"));
        }
        for (command, result) in commands.iter().zip(answer.body["results"].as_array().into_iter().flatten())
        {
            let changed = if result["event"].is_null() { "unchanged" } else { "changed" };
            count(command, result["problem"]["code"].as_str().unwrap_or(changed));
        }
    }

    /// For whoever reads the output of a run.
    pub fn tell(&self) {
        for (kind, outcomes) in self.0.lock().expect("no counter panics").iter() {
            eprintln!("{kind:20} {outcomes:?}");
        }
    }
}

/// The types of the events that commands make.
const EVENTS: [&str; 24] = [
    "project.updated",
    "project.deleted",
    "project.restored",
    "label.put",
    "label.archived",
    "field.put",
    "field.archived",
    "member.added",
    "member.updated",
    "member.removed",
    "task.created",
    "task.updated",
    "task.moved",
    "task.deleted",
    "task.restored",
    "task.archived",
    "task.unarchived",
    "dependency.added",
    "dependency.removed",
    "comment.added",
    "comment.updated",
    "comment.deleted",
    "comment.restored",
    "comment.reacted",
];

/// Every type of command made an event of its own, not only as an undo; and something was undone, and overridden.
pub fn each_command_succeeded(log: &[Value]) {
    let asked = log.iter().filter(|event| event.get("undoes").is_none());
    let made: BTreeSet<&str> = asked.filter_map(|event| event["type"].as_str()).collect();
    let missing: Vec<_> = EVENTS.iter().filter(|kind| !made.contains(**kind)).collect();
    assert!(missing.is_empty(), "nobody succeeded with {missing:?}");
    for name in ["undoes", "overrode"] {
        assert!(log.iter().any(|event| event.get(name).is_some()), "no event {name} anything");
    }
}

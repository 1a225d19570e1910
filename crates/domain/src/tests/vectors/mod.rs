//! Vectors for folds in other languages: the events of random plans, and the digests that the fold here has of them.
//!
//! The page folds events by itself. Its tests read the file that is kept beside its code, or a larger one that
//! [`many_plans_are_written_for_other_folds`] has written.

mod commands;
mod values;

use super::plan::Dice;
use super::*;
use crate::canonical::canonical;
use std::fmt::Write;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/src/sync/vectors/fold.json");
/// The plans of the kept file, and the most commands of each.
const KEPT: (u64, usize) = (20, 13);
/// So many times more commands has the second plan.
const LONGER: usize = 28;
/// A digest is noted after so many events, and after the last one.
const CHECKPOINT: usize = 8;
/// Drops at one place until ranks there are too long and neighbours make room.
const DROPS: usize = 200;

struct Plan {
    seed: u64,
    events: Vec<Event>,
}

/// A project of three people with some tasks and comments; two more have accounts.
fn begun(dice: &mut Dice) -> World {
    let at: jiff::Timestamp = "2026-11-03T10:00:00Z".parse().expect("a time");
    let mut world = World::begin(ProjectId(commands::id(dice)), UserId(commands::id(dice)), Moment::from(at));
    for role in ["viewer", "editor"] {
        let user = UserId(commands::id(dice));
        world.facts.accounts.insert(user);
        world.must(world.owner, json!({"type": "member.add", "user": user, "role": role}));
    }
    world.facts.accounts.extend([UserId(commands::id(dice)), UserId(commands::id(dice))]);
    for title in ["One", "Two"] {
        let (task, comment) = (commands::id(dice), commands::id(dice));
        world.must(world.owner, json!({"type": "task.create", "id": task, "title": title}));
        world.must(world.owner, json!({"type": "comment.add", "id": comment, "task": task, "body": "First"}));
    }
    world
}

/// Somebody asks for something, a moment later.
fn step(world: &mut World, dice: &mut Dice) {
    let later = jiff::SignedDuration::from_millis(i64::from(dice.roll()));
    world.facts.now = Moment::from(world.facts.now.timestamp() + later);
    let Some(command) = commands::next(world, dice) else { return };
    let people: Vec<&UserId> = world.facts.accounts.iter().collect();
    let actor = if dice.below(3) == 0 { *dice.one_of(&people) } else { world.owner };
    // Many are refused, which leaves no event.
    let _ = world.try_(actor, command);
}

/// Some tasks take turns at one place, while one of them is in the bin. Another one is done before what it waits for.
fn crowd(world: &mut World, dice: &mut Dice) {
    let owner = world.owner;
    let tasks: Vec<TaskId> = (0..6).map(|_| TaskId(commands::id(dice))).collect();
    for id in &tasks {
        world.must(owner, json!({"type": "task.create", "id": id, "title": "In the crowd"}));
    }
    for drop in 0..DROPS {
        let moved = tasks[4 - drop % 4];
        world.must(owner, json!({"type": "task.move", "task": moved, "after": tasks[0]}));
        if drop == DROPS / 2 {
            world.must(owner, json!({"type": "task.move", "task": tasks[5], "after": tasks[0]}));
            world.must(owner, json!({"type": "task.delete", "task": tasks[5]}));
        }
    }
    world.must(owner, json!({"type": "task.restore", "task": tasks[5]}));
    world.must(owner, json!({"type": "dependency.add", "task": tasks[5], "on": tasks[0]}));
    world.must(owner, json!({"type": "task.move", "task": tasks[5], "status": "done", "override": true}));
}

/// The events of a plan. The first one begins with known cases, the second one is longer.
fn plan(seed: u64, steps: usize) -> Plan {
    let mut dice = Dice(seed);
    let mut world = begun(&mut dice);
    let steps = if seed == 1 { LONGER * steps } else { steps };
    if seed == 0 {
        world.must(world.owner, json!({"type": "task.update", "task": world.facts.state.tasks.keys().next(), "set": {"config": values::all()}}));
        crowd(&mut world, &mut dice);
    }
    (0..steps).for_each(|_| step(&mut world, &mut dice));
    for event in &mut world.log {
        event.command_id = CommandId(commands::id(&mut dice));
    }
    Plan { seed, events: world.log }
}

impl Plan {
    /// Each event on a line, as clients get it.
    fn written(&self) -> String {
        let mut snapshot = Snapshot::begin("e".into(), &self.events[0]).expect("the first event");
        let mut checkpoints = Vec::new();
        for event in &self.events[1..] {
            snapshot.apply(event).expect("the next event");
            let last = event.version as usize == self.events.len();
            if last || (event.version as usize).is_multiple_of(CHECKPOINT) {
                let digest = crate::digest::of(&snapshot);
                checkpoints.push(text(&json!({"version": snapshot.version, "digest": digest})));
            }
        }
        let events: Vec<String> = self.events.iter().map(text).collect();
        let (events, checkpoints) = (events.join(",\n"), checkpoints.join(",\n"));
        let (seed, snapshot) = (self.seed, text(&snapshot));
        format!(
            "{{\"seed\":{seed},\"events\":[\n{events}\n],\"checkpoints\":[\n{checkpoints}\n],\"snapshot\":{snapshot}}}"
        )
    }
}

fn text(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("JSON")
}

/// Texts of JSON, each with its canonical form.
fn canonical_forms() -> String {
    let mut texts: Vec<String> =
        values::NUMBERS.iter().chain(&values::GREAT_NUMBERS).map(|number| (*number).to_owned()).collect();
    texts.extend(values::TEXTS.iter().map(text));
    let members: Vec<String> = values::KEYS.iter().rev().map(|key| format!("{}:[]", text(key))).collect();
    texts.push(format!("{{{}}}", members.join(", ")));
    let mut written = Vec::new();
    for json in texts {
        let value: Value = serde_json::from_str(&json).expect("JSON");
        let canonical = String::from_utf8(canonical(&value)).expect("UTF-8");
        written.push(text(&json!({"json": json, "canonical": canonical})));
    }
    written.join(",\n")
}

fn document((plans, steps): (u64, usize)) -> String {
    let mut document = String::from("{\"plans\":[\n");
    for seed in 0..plans {
        let comma = if seed == 0 { "" } else { ",\n" };
        write!(document, "{comma}{}", plan(seed, steps).written()).expect("a String takes everything");
    }
    document + "\n],\"canonical\":[\n" + &canonical_forms() + "\n]}\n"
}

/// With `LOCKSTEP_TEST_WRITE_VECTORS` set the file is written anew.
#[test]
fn the_vectors_that_the_page_keeps_are_what_the_fold_makes() {
    let made = document(KEPT);
    if std::env::var_os("LOCKSTEP_TEST_WRITE_VECTORS").is_some() {
        std::fs::write(FILE, &made).expect("the file is written");
    }
    let kept = std::fs::read_to_string(FILE).expect("the vectors of the page");
    assert!(made == kept, "{FILE} is not what the fold makes; LOCKSTEP_TEST_WRITE_VECTORS=1 writes it anew");
}

#[test]
fn the_vectors_have_everything_that_an_event_can_be() {
    let events: Vec<Event> = (0..KEPT.0).flat_map(|seed| plan(seed, KEPT.1).events).collect();
    let came: BTreeSet<&str> = events.iter().map(|event| event.body.kind()).collect();
    assert_eq!(came, plan::event_kinds());
    assert!(events.iter().any(|event| event.reranked.len() > 1), "nobody made room");
    assert!(events.iter().any(|event| event.undoes.is_some()), "nothing was undone");
    assert!(events.iter().any(|event| !event.overrode.is_empty()), "no gate was passed");
    let text = text(&events);
    for key in values::KEYS {
        assert!(text.contains(&format!("{}:", json!(key))), "no {key:?}");
    }
    assert!(text.contains(&json!(values::all()).to_string()), "not all numbers");
}

/// `FOLD_VECTORS` names the file, `FOLD_PLANS` how many plans.
#[test]
#[ignore = "writes a large file for the tests of the page; deploy/local/test.sh asks for it"]
fn many_plans_are_written_for_other_folds() {
    let set = |name: &str| std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set"));
    let plans = set("FOLD_PLANS").parse().expect("FOLD_PLANS is a number");
    std::fs::write(set("FOLD_VECTORS"), document((plans, KEPT.1))).expect("the file is written");
}

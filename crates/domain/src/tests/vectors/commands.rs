//! Commands for the vectors: those of the random plans, and those that put unusual values into tasks.

use super::super::plan::{self, Dice};
use super::super::*;
use super::values::{TEXTS, number, patch};
use uuid::Uuid;

pub(super) fn id(dice: &mut Dice) -> Uuid {
    let halves: [u16; 8] = dice.rolls();
    let bytes: Vec<u8> = halves.iter().flat_map(|half| half.to_be_bytes()).collect();
    uuid::Builder::from_random_bytes(bytes.try_into().expect("16 bytes")).into_uuid()
}

/// A field of every type.
pub(super) fn fields() -> Vec<Value> {
    let options =
        json!([{"key": "s", "name": "Small"}, {"key": "m", "name": "Medium"}, {"key": "l", "name": "L"}]);
    ["text", "number", "date", "select", "multi_select", "person", "url", "checkbox"]
        .iter()
        .map(|kind| {
            let mut put = json!({"type": "field.put", "key": kind, "name": kind, "field_type": kind});
            if kind.ends_with("select") {
                put["options"] = options.clone();
            }
            put
        })
        .collect()
}

/// What somebody asks for next, if the numbers make a command of it.
pub(super) fn next(world: &World, dice: &mut Dice) -> Option<Value> {
    let command = match dice.below(28) {
        0 if world.facts.deleted || dice.below(4) == 0 => project_bin(world),
        _ if world.facts.deleted => project_bin(world),
        _ if world.facts.state.project.archived => {
            json!({"type": "project.update", "set": {"archived": false}})
        }
        1..=4 => update(world, dice, |dice, _| json!({"config": patch(dice, 3)}))?,
        5 | 6 => update(world, dice, values)?,
        7 | 8 => update(world, dice, texts)?,
        9 => json!({"type": "project.update", "set": {"description": dice.one_of(&TEXTS)}}),
        10..=12 => fields().swap_remove(dice.below(8)),
        13 => archive(world, dice),
        14 | 15 => back_again(world)?,
        16..=21 => plan::command(world, [15 + dice.roll() % 21, dice.roll(), dice.roll(), dice.roll()])?,
        _ => plan::command(world, dice.rolls())?,
    };
    let command = with_id(command, dice);
    Command::read(command.clone()).is_ok().then_some(command)
}

fn project_bin(world: &World) -> Value {
    json!({"type": if world.facts.deleted { "project.restore" } else { "project.delete" }})
}

fn archive(world: &World, dice: &mut Dice) -> Value {
    let project = &world.facts.state.project;
    let label = project.labels.iter().find(|label| !label.archived).filter(|_| dice.below(2) == 0);
    match label {
        Some(label) => json!({"type": "label.archive", "key": label.key}),
        None => json!({"type": "field.archive", "key": fields().swap_remove(dice.below(8))["key"]}),
    }
}

/// A comment or a task comes back, from the bin or the archive.
fn back_again(world: &World) -> Option<Value> {
    let comment = world.facts.comments.values().find(|comment| comment.deleted);
    let comment = comment.map(|comment| json!({"type": "comment.restore", "comment": comment.id}));
    let task = world.facts.deleted_tasks.keys().next();
    let kind = |task| if world.facts.is_archived(task) { "task.unarchive" } else { "task.restore" };
    comment.or_else(|| task.map(|task| json!({"type": kind(*task), "task": task})))
}

fn update(world: &World, dice: &mut Dice, set: impl Fn(&mut Dice, &World) -> Value) -> Option<Value> {
    let tasks: Vec<&TaskId> = world.facts.state.tasks.keys().collect();
    let task = (!tasks.is_empty()).then(|| dice.one_of(&tasks))?;
    Some(json!({"type": "task.update", "task": task, "set": set(dice, world)}))
}

/// Values of custom fields.
fn values(dice: &mut Dice, world: &World) -> Value {
    let members: Vec<&UserId> = world.facts.state.members.keys().collect();
    let value = [
        ("text", json!(dice.one_of(&TEXTS))),
        ("number", number(dice)),
        ("date", json!("1999-12-31")),
        ("select", json!("m")),
        ("multi_select", json!(["m", "s"])),
        ("person", json!(dice.one_of(&members))),
        ("url", json!("https://example.org/a?b=%20#c")),
        ("checkbox", json!(dice.below(2) == 0)),
    ];
    let mut kept = |(key, value): (&str, Value)| match dice.below(6) {
        0 => Some((key.to_owned(), Value::Null)),
        1 | 2 => Some((key.to_owned(), value)),
        _ => None,
    };
    json!({"fields": value.into_iter().filter_map(&mut kept).collect::<serde_json::Map<_, _>>()})
}

fn texts(dice: &mut Dice, _: &World) -> Value {
    match dice.below(5) {
        0 => json!({"title": format!("Title {}", dice.one_of(&TEXTS))}),
        1 => json!({"description": dice.one_of(&TEXTS), "start_on": "2026-02-28"}),
        2 => json!({"start_on": null, "estimate": null}),
        3 => {
            json!({"start_on": "2027-01-01", "due_on": "9999-12-31", "estimate": 10_000, "priority": "urgent"})
        }
        _ => json!({"title": dice.one_of(&TEXTS), "description": dice.one_of(&TEXTS), "due_on": null}),
    }
}

/// The server would choose another id in every run.
fn with_id(mut command: Value, dice: &mut Dice) -> Value {
    if ["task.create", "comment.add"].iter().any(|kind| command["type"] == *kind) {
        command["id"] = json!(id(dice));
    }
    command
}

//! Random commands: mostly sensible, on tasks that somebody made or will make, sometimes forbidden, sometimes nonsense.

use fastrand::Rng;
use serde_json::{Value, json};
use testkit::Uuid;

/// What commands may name. Ids are chosen beforehand, so that people meet each other's tasks.
pub struct Names {
    pub people: Vec<Uuid>,
    pub tasks: Vec<Uuid>,
    pub comments: Vec<Uuid>,
}

const STATUSES: [&str; 7] = ["backlog", "todo", "in_progress", "in_review", "done", "cancelled", "nowhere"];

const LABELS: [&str; 3] = ["red", "blue", "nothing"];

pub fn one_of<'a, T>(random: &mut Rng, items: &'a [T]) -> &'a T {
    &items[random.usize(..items.len())]
}

/// A command of a batch.
pub fn command(random: &mut Rng, names: &Names) -> Value {
    match random.u32(..100) {
        0..14 => create(random, names),
        14..33 => update(random, names),
        33..42 => {
            let task = known(random, names);
            let command = place(random, names, json!({"type": "task.move", "task": task}));
            overriding(random, command)
        }
        42..46 => json!({"type": "task.delete", "task": one_of(random, &names.tasks)}),
        46..50 => json!({"type": "task.restore", "task": near(random, names)}),
        50..53 => json!({"type": "task.archive", "task": one_of(random, &names.tasks)}),
        53..57 => json!({"type": "task.unarchive", "task": near(random, names)}),
        57..66 => edge(random, names),
        66..80 => comment(random, names),
        80..85 => member(random, names),
        85..90 => definition(random),
        90..95 => json!({"type": "event.undo", "version": random.u32(1..250)}),
        _ => project(random),
    }
}

fn create(random: &mut Rng, names: &Names) -> Value {
    let mut command = json!({"type": "task.create", "title": title(random), "description": title(random)});
    match random.u32(..6) {
        0 => {}
        1 | 2 => command["id"] = json!(near(random, names)),
        _ => command["id"] = json!(one_of(random, &names.tasks)),
    }
    if random.bool() {
        command["assignees"] = json!([one_of(random, &names.people)]);
        command["config"] = config(random);
        command["due_on"] =
            json!(format!("20{:02}-{:02}-{:02}", random.u32(10..99), random.u32(1..13), random.u32(1..29)));
    }
    match random.u32(..8) {
        0 => command["parent"] = json!(near(random, names)),
        1 => command["labels"] = json!([one_of(random, &LABELS)]),
        2 => command["fields"] = value(random),
        _ => {}
    }
    place(random, names, command)
}

fn update(random: &mut Rng, names: &Names) -> Value {
    let mut command = json!({"type": "task.update", "task": known(random, names), "set": {}});
    let set = &mut command["set"];
    match random.u32(..10) {
        0 => set["title"] = json!(title(random)),
        1 | 2 => set["status"] = json!(one_of(random, &STATUSES)),
        3 => set["config"] = config(random),
        4 => set["priority"] = json!(one_of(random, &["none", "low", "urgent"])),
        5 => set["estimate"] = one_of(random, &[json!(null), json!(0), json!(8)]).clone(),
        6 => set["fields"] = value(random),
        7 => set["parent"] = if random.u32(..3) > 0 { json!(near(random, names)) } else { Value::Null },
        8 => set["labels"] = json!([one_of(random, &LABELS)]),
        _ => set["assignees"] = json!([one_of(random, &names.people), one_of(random, &names.people)]),
    }
    match random.u32(..10) {
        0 => command["expect"] = json!(random.u32(1..200)),
        1 => command["add"] = json!({"assignees": [one_of(random, &names.people)]}),
        2 => command["remove"] = json!({"assignees": [one_of(random, &names.people)]}),
        3 => command["add"] = json!({"labels": [one_of(random, &LABELS)]}),
        4 => command["remove"] = json!({"labels": [one_of(random, &LABELS)]}),
        _ => {}
    }
    overriding(random, command)
}

fn overriding(random: &mut Rng, mut command: Value) -> Value {
    if random.bool() {
        command["override"] = json!(true);
    }
    command
}

/// One of few tasks, so that edges and parents meet, and close circles.
fn near<'a>(random: &mut Rng, names: &'a Names) -> &'a Uuid {
    one_of(random, &names.tasks[..6])
}

/// A task that somebody has probably made.
fn known<'a>(random: &mut Rng, names: &'a Names) -> &'a Uuid {
    if random.bool() { near(random, names) } else { one_of(random, &names.tasks) }
}

fn edge(random: &mut Rng, names: &Names) -> Value {
    let verb = one_of(random, &["dependency.add", "dependency.add", "dependency.remove"]);
    let kind = one_of(random, &["blocks", "blocks", "blocks", "relates"]);
    json!({"type": verb, "task": near(random, names), "on": near(random, names), "kind": kind})
}

fn definition(random: &mut Rng) -> Value {
    let key = one_of(random, &LABELS[..2]);
    match random.u32(..8) {
        0..3 => json!({"type": "label.put", "key": key, "name": title(random), "color": "#d4380d"}),
        3 => json!({"type": "label.archive", "key": key}),
        4 | 5 => {
            let (key, kind) = one_of(random, &[("size", "number"), ("note", "text"), ("size", "text")]);
            json!({"type": "field.put", "key": key, "name": title(random), "field_type": kind})
        }
        _ => json!({"type": "field.archive", "key": one_of(random, &["size", "note"])}),
    }
}

/// A merge patch of a task's fields; the key may be of no field, or the value of another type.
fn value(random: &mut Rng) -> Value {
    let values = [
        json!({"size": 3}),
        json!({"size": 1.5}),
        json!({"size": null}),
        json!({"note": "x"}),
        json!({"nothing": 1}),
    ];
    one_of(random, &values).clone()
}

fn place(random: &mut Rng, names: &Names, mut command: Value) -> Value {
    if random.u32(..3) > 0 {
        command["status"] = json!(one_of(random, &STATUSES));
    }
    if random.bool() {
        command["after"] = json!(one_of(random, &names.tasks));
    }
    if random.bool() {
        command["before"] = json!(one_of(random, &names.tasks));
    }
    command
}

fn comment(random: &mut Rng, names: &Names) -> Value {
    let comment = one_of(random, &names.comments);
    match random.u32(..9) {
        0..3 => {
            json!({"type": "comment.add", "id": comment, "task": near(random, names), "body": title(random)})
        }
        3 => json!({"type": "comment.update", "comment": comment, "body": title(random)}),
        4 => json!({"type": "comment.delete", "comment": comment}),
        5 => json!({"type": "comment.restore", "comment": comment}),
        6 => {
            let (task, body) = (near(random, names), format!("<@{}>", one_of(random, &names.people)));
            json!({"type": "comment.add", "task": task, "body": body, "reply_to": comment})
        }
        _ => {
            let emoji = one_of(random, &["👍", "🎉", "x"]);
            json!({"type": "comment.react", "comment": comment, "emoji": emoji, "on": random.u32(..3) > 0})
        }
    }
}

fn member(random: &mut Rng, names: &Names) -> Value {
    let user = one_of(random, &names.people);
    let role = one_of(random, &["owner", "editor", "editor", "viewer"]);
    match random.u32(..5) {
        0..2 => json!({"type": "member.add", "user": user, "role": role}),
        2..4 => json!({"type": "member.update", "user": user, "role": role}),
        _ => json!({"type": "member.remove", "user": user}),
    }
}

fn project(random: &mut Rng) -> Value {
    match random.u32(..10) {
        0..2 => json!({"type": "project.update", "set": {"name": title(random)}}),
        2 => json!({"type": "project.update", "set": {"archived": true}}),
        3 => json!({"type": "project.update", "set": {"archived": false}}),
        4 | 5 => {
            let gate = one_of(random, &["finish", "start", "off"]);
            json!({"type": "project.update", "set": {"blocked_gate": gate}})
        }
        6 => json!({"type": "project.update", "set": {"workflow": workflow(random)}}),
        7 => json!({"type": "project.delete"}),
        _ => json!({"type": "project.restore"}),
    }
}

/// Without some of the statuses, and with some of the steps.
fn workflow(random: &mut Rng) -> Value {
    let statuses: Vec<Value> = all_statuses().into_iter().filter(|_| random.u32(..8) > 0).collect();
    let statuses = if statuses.is_empty() { all_statuses() } else { statuses };
    let keys: Vec<&str> = statuses.iter().filter_map(|status| status["key"].as_str()).collect();
    let transitions = random.bool().then(|| json!({keys[0]: keys}));
    let mut workflow = json!({"statuses": statuses});
    if let Some(transitions) = transitions {
        workflow["transitions"] = transitions;
    }
    workflow
}

pub fn all_statuses() -> Vec<Value> {
    let categories = ["backlog", "open", "active", "active", "done", "cancelled"];
    let statuses = STATUSES.iter().zip(categories);
    statuses.map(|(key, category)| json!({"key": key, "name": key, "category": category})).collect()
}

/// Numbers of every size, for what reads them back must read the same.
fn config(random: &mut Rng) -> Value {
    let number = match random.u32(..4) {
        0 => json!(random.i64(-(1 << 53)..=(1 << 53))),
        1 => json!(random.f64() * 10f64.powi(random.i32(-300..15))),
        2 => json!(f64::from(random.u32(..)) / 1000.0),
        _ => json!(random.i32(..)),
    };
    let key = one_of(random, &["a", "b", "ä\u{1F600}", "\u{e000}"]);
    match random.u32(..4) {
        0 => json!({*key: null}),
        1 => json!({"nested": {*key: number, "list": [number, title(random), null, true]}}),
        _ => json!({*key: number}),
    }
}

fn title(random: &mut Rng) -> String {
    let words =
        ["Paint", "the", "door", "ärgerlich", "日本", "\u{1F600}", "<b>", "'; --", "\\u0000", "e\u{301}"];
    (0..random.usize(1..5)).map(|_| *one_of(random, &words)).collect::<Vec<_>>().join(" ")
}

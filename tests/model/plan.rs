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

fn one_of<'a, T>(random: &mut Rng, items: &'a [T]) -> &'a T {
    &items[random.usize(..items.len())]
}

/// A command of a batch.
pub fn command(random: &mut Rng, names: &Names) -> Value {
    match random.u32(..100) {
        0..24 => create(random, names),
        24..48 => update(random, names),
        48..62 => {
            let task = one_of(random, &names.tasks);
            place(random, names, json!({"type": "task.move", "task": task}))
        }
        62..68 => json!({"type": "task.delete", "task": one_of(random, &names.tasks)}),
        68..73 => json!({"type": "task.restore", "task": one_of(random, &names.tasks)}),
        73..88 => comment(random, names),
        88..93 => member(random, names),
        93..97 => json!({"type": "event.undo", "version": random.u32(1..250)}),
        _ => project(random),
    }
}

fn create(random: &mut Rng, names: &Names) -> Value {
    let mut command = json!({"type": "task.create", "title": title(random), "description": title(random)});
    if random.u32(..5) > 0 {
        command["id"] = json!(one_of(random, &names.tasks));
    }
    if random.bool() {
        command["assignees"] = json!([one_of(random, &names.people)]);
        command["config"] = config(random);
        command["due_on"] =
            json!(format!("20{:02}-{:02}-{:02}", random.u32(10..99), random.u32(1..13), random.u32(1..29)));
    }
    place(random, names, command)
}

fn update(random: &mut Rng, names: &Names) -> Value {
    let mut command = json!({"type": "task.update", "task": one_of(random, &names.tasks), "set": {}});
    let set = &mut command["set"];
    match random.u32(..6) {
        0 => set["title"] = json!(title(random)),
        1 => set["status"] = json!(one_of(random, &STATUSES)),
        2 => set["config"] = config(random),
        3 => set["priority"] = json!(one_of(random, &["none", "low", "urgent"])),
        4 => set["estimate"] = one_of(random, &[json!(null), json!(0), json!(8)]).clone(),
        _ => set["assignees"] = json!([one_of(random, &names.people), one_of(random, &names.people)]),
    }
    match random.u32(..8) {
        0 => command["expect"] = json!(random.u32(1..200)),
        1 => command["add"] = json!({"assignees": [one_of(random, &names.people)]}),
        2 => command["remove"] = json!({"assignees": [one_of(random, &names.people)]}),
        _ => {}
    }
    command
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
            json!({"type": "comment.add", "id": comment, "task": one_of(random, &names.tasks), "body": title(random)})
        }
        3 => json!({"type": "comment.update", "comment": comment, "body": title(random)}),
        4 => json!({"type": "comment.delete", "comment": comment}),
        5 => json!({"type": "comment.restore", "comment": comment}),
        6 => {
            let (task, body) =
                (one_of(random, &names.tasks), format!("<@{}>", one_of(random, &names.people)));
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
        0..4 => json!({"type": "project.update", "set": {"name": title(random)}}),
        4 => json!({"type": "project.update", "set": {"archived": true}}),
        5..7 => json!({"type": "project.update", "set": {"archived": false}}),
        7 => json!({"type": "project.update", "set": {"workflow": workflow(random)}}),
        8 => json!({"type": "project.delete"}),
        _ => json!({"type": "project.restore"}),
    }
}

/// Without some of the statuses, and with some of the steps.
fn workflow(random: &mut Rng) -> Value {
    let keys: Vec<&str> = STATUSES[..6].iter().copied().filter(|_| random.u32(..8) > 0).collect();
    let keys = if keys.is_empty() { vec!["todo"] } else { keys };
    let statuses = keys.iter().map(|key| json!({"key": key, "name": key, "category": "open"}));
    let mut workflow = json!({"statuses": statuses.collect::<Vec<_>>()});
    if random.bool() {
        workflow["transitions"] = json!({keys[0]: keys});
    }
    workflow
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

/// What brings a plan back to life, if an owner sends it: out of bin and archive, all statuses, everybody a member.
pub fn mend(random: &mut Rng, names: &Names) -> Value {
    let statuses = STATUSES[..6].iter().map(|key| json!({"key": key, "name": key, "category": "open"}));
    let workflow = json!({"statuses": statuses.collect::<Vec<_>>()});
    let mut commands = vec![
        json!({"type": "project.restore"}),
        json!({"type": "project.update", "set": {"archived": false, "workflow": workflow}}),
    ];
    for user in &names.people {
        commands.push(json!({"type": "member.add", "user": user, "role": "editor"}));
    }
    // Few owners, so that the last one often tries to go.
    commands.push(json!({"type": "member.update", "user": one_of(random, &names.people), "role": "owner"}));
    json!({"commands": commands, "atomic": false})
}

/// An owner who takes everybody's role, the own one too: somebody must stay.
pub fn oust(random: &mut Rng, names: &Names) -> Value {
    let mut people = names.people.clone();
    random.shuffle(&mut people);
    let commands: Vec<Value> =
        people.iter().map(|user| json!({"type": "member.update", "user": user, "role": "editor"})).collect();
    json!({"commands": commands, "atomic": false})
}

/// What no command is: the whole request is refused.
pub fn nonsense(random: &mut Rng) -> Value {
    let commands = [
        json!({"type": "task.create"}),
        json!({"type": "task.create", "title": "x", "number": 1}),
        json!({"type": "task.update", "task": 7}),
        json!({"type": "nonsense"}),
        json!({"type": "task.create", "title": "a\0b"}),
        json!(null),
    ];
    one_of(random, &commands).clone()
}

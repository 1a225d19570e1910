//! Commands made of random numbers: what somebody may ask for in a project as it is now. A rule often refuses it.

use super::*;

/// What commands can name: of tasks only the newest, so that people meet each other there.
struct Names {
    tasks: Vec<Value>,
    comments: Vec<Value>,
    people: Vec<Value>,
    owners: Vec<Value>,
    statuses: Vec<Value>,
    edges: Vec<Value>,
}

impl Names {
    fn of(world: &World) -> Names {
        let state = &world.facts.state;
        let owners = state.members.iter().filter(|(_, role)| **role == Role::Owner);
        Names {
            tasks: state
                .tasks
                .keys()
                .rev()
                .take(8)
                .chain(world.facts.deleted_tasks.keys().rev().take(3))
                .map(|id| json!(id))
                .collect(),
            comments: world.facts.comments.keys().map(|id| json!(id)).collect(),
            people: world.facts.accounts.iter().map(|id| json!(id)).collect(),
            owners: owners.map(|(user, _)| json!(user)).collect(),
            statuses: state.project.workflow.keys().iter().map(|key| json!(key)).collect(),
            edges: state.dependencies.iter().map(|edge| json!(edge)).collect(),
        }
    }
}

fn of(items: &[Value], n: u16) -> Option<Value> {
    items.get(usize::from(n) % items.len().max(1)).cloned()
}

/// A command, unless the numbers name something that is not there.
pub(super) fn command(world: &World, [kind, one, two, three]: [u16; 4]) -> Option<Value> {
    let names = Names::of(world);
    let mut command = match kind % 36 {
        0..=2 => create(&names, one, two, three),
        3..=11 => update(&names, one, two, three),
        12 | 13 => {
            let (status, over) = (of(&names.statuses, three), two.is_multiple_of(3));
            json!({"type": "task.move", "task": of(&names.tasks, one), "status": status, "before": of(&names.tasks, two), "override": over})
        }
        14 => {
            json!({"type": "task.move", "task": of(&names.tasks, one), "after": of(&names.tasks, two)})
        }
        15 => json!({"type": "task.delete", "task": of(&names.tasks, one)}),
        16 => json!({"type": "task.restore", "task": of(&names.tasks, one)}),
        17..=19 => edge(&names, one, two, three),
        20..=24 => comment(&names, one, two, three),
        25 | 26 => definition(one, two, three),
        27 | 28 => member(&names, one, two),
        29 => json!({"type": "event.undo", "version": usize::from(one) % world.log.len() + 1}),
        30 | 31 => project(one, two),
        32 => json!({"type": "task.archive", "task": of(&names.tasks, one)}),
        33 => json!({"type": "task.unarchive", "task": of(&names.tasks, one)}),
        _ => {
            let kind = ["task.watch", "task.unwatch"][usize::from(three % 2)];
            json!({"type": kind, "task": of(&names.tasks, one % 2)})
        }
    };
    let Value::Object(members) = &mut command else { return None };
    members.retain(|_, value| !value.is_null());
    Command::read(command.clone()).is_ok().then_some(command)
}

fn create(names: &Names, one: u16, two: u16, three: u16) -> Value {
    let (status, parent) =
        (of(&names.statuses, three), of(&names.tasks, one).filter(|_| two.is_multiple_of(4)));
    let after = of(&names.tasks, two).filter(|_| three.is_multiple_of(2));
    json!({"type": "task.create", "title": format!("Task {two}"), "status": status, "parent": parent, "after": after})
}

fn update(names: &Names, one: u16, two: u16, three: u16) -> Value {
    let mut lists = json!({"assignees": [of(&names.people, two)], "labels": [key(two)]});
    if three.is_multiple_of(3) {
        lists.as_object_mut().expect("an object").remove(["assignees", "labels"][usize::from(two % 2)]);
    }
    let set = match three % 11 {
        0 => json!({"title": format!("Title {two}"), "due_on": null}),
        1 => json!({"due_on": "2026-12-24", "estimate": two % 9}),
        2 => json!({"config": config(two), "description": "x"}),
        3 | 4 => json!({"status": of(&names.statuses, two), "priority": "high"}),
        5 => json!({"assignees": [of(&names.people, two)]}),
        6 => json!({"parent": of(&names.tasks, two).filter(|_| !two.is_multiple_of(5))}),
        7 => json!({"fields": {key(two): if !two.is_multiple_of(3) { json!(two) } else { Value::Null }}}),
        8 => json!({"labels": []}),
        _ => json!({}),
    };
    let mut update = json!({"type": "task.update", "task": of(&names.tasks, one), "set": set});
    match three % 11 {
        9 => update["add"] = lists,
        10 => update["remove"] = lists,
        _ => {}
    }
    if two.is_multiple_of(3) {
        update["override"] = json!(true);
    }
    update
}

fn key(number: u16) -> &'static str {
    ["red", "blue"][usize::from(number % 2)]
}

fn config(number: u16) -> Value {
    match number % 5 {
        0 => json!({"a": {"b": number, "c": {}}}),
        1 => json!({"a": null}),
        2 => json!({"a": number}),
        3 => json!({"a": {"b": null, "c": {"d": [null, number]}}, "x": true}),
        _ => json!({"x": null, "y": {}}),
    }
}

fn edge(names: &Names, one: u16, two: u16, three: u16) -> Value {
    let kind = if three.is_multiple_of(5) { "relates" } else { "blocks" };
    if !three.is_multiple_of(4) {
        return json!({"type": "dependency.add", "task": of(&names.tasks, one), "on": of(&names.tasks, two), "kind": kind});
    }
    let mut remove = of(&names.edges, one).unwrap_or_else(|| json!({}));
    remove["type"] = json!("dependency.remove");
    remove
}

fn comment(names: &Names, one: u16, two: u16, three: u16) -> Value {
    let comment = of(&names.comments, one);
    match three % 8 {
        0 | 1 => {
            json!({"type": "comment.add", "task": of(&names.tasks, one), "body": format!("Comment {two}")})
        }
        2 => {
            let body =
                format!("<@{}>", of(&names.people, two).as_ref().and_then(Value::as_str).unwrap_or("x"));
            json!({"type": "comment.add", "task": of(&names.tasks, two), "body": body, "reply_to": comment})
        }
        3 => json!({"type": "comment.update", "comment": comment, "body": format!("Body {two}")}),
        4 => json!({"type": "comment.delete", "comment": comment}),
        5 => json!({"type": "comment.restore", "comment": comment}),
        _ => {
            json!({"type": "comment.react", "comment": comment, "emoji": "👍", "on": !two.is_multiple_of(3)})
        }
    }
}

fn definition(one: u16, two: u16, three: u16) -> Value {
    let key = key(two);
    match one % 6 {
        0 | 1 => {
            json!({"type": "label.put", "key": key, "name": format!("Label {}", three % 4), "color": "#00ff00"})
        }
        2 => json!({"type": "label.archive", "key": key}),
        3 | 4 => {
            let kind = if three.is_multiple_of(6) { "text" } else { "number" };
            json!({"type": "field.put", "key": key, "name": format!("Field {}", three % 4), "field_type": kind})
        }
        _ => json!({"type": "field.archive", "key": key}),
    }
}

fn member(names: &Names, one: u16, two: u16) -> Value {
    let user = of(if one.is_multiple_of(3) { &names.owners } else { &names.people }, two);
    let role = ["viewer", "editor", "owner"][usize::from(two % 3)];
    match one % 4 {
        0 | 1 => json!({"type": "member.add", "user": user, "role": "editor"}),
        2 => json!({"type": "member.update", "user": user, "role": role}),
        _ => json!({"type": "member.remove", "user": user}),
    }
}

fn project(one: u16, two: u16) -> Value {
    let gate = ["off", "start", "finish"][usize::from(two % 3)];
    let set = match one % 8 {
        0 => json!({"archived": true}),
        1..=3 => json!({"archived": false}),
        4 => json!({"workflow": workflow(two)}),
        _ => json!({"name": format!("Name {}", two % 5), "blocked_gate": gate}),
    };
    json!({"type": "project.update", "set": set})
}

/// The usual statuses without one or two of them, sometimes with few steps, sometimes with other meanings.
fn workflow(number: u16) -> Value {
    let mut workflow = json!(crate::workflow::Workflow::default());
    let statuses = workflow["statuses"].as_array_mut().expect("statuses");
    if number.is_multiple_of(2) {
        statuses.remove(usize::from(number / 2) % 6);
    }
    if number % 5 == 1 {
        statuses[1]["category"] = json!("done");
    }
    if number % 7 == 1 {
        let (first, last) = (statuses[0]["key"].clone(), statuses[4]["key"].clone());
        let first = first.as_str().expect("a key");
        workflow["transitions"] = json!({first: [last]});
    }
    workflow
}

/// A linear congruential generator: the same numbers in every run.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn roll(&mut self) -> u16 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as u16
    }

    pub(super) fn rolls<const N: usize>(&mut self) -> [u16; N] {
        [(); N].map(|()| self.roll())
    }

    pub(super) fn below(&mut self, end: usize) -> usize {
        usize::from(self.roll()) % end
    }

    pub(super) fn one_of<'a, T: ?Sized>(&mut self, items: &[&'a T]) -> &'a T {
        items[self.below(items.len())]
    }
}

pub(super) fn fixed_plan<const N: usize>(steps: usize) -> Vec<[u16; N]> {
    let mut dice = Dice(1);
    (0..steps).map(|_| dice.rolls()).collect()
}

/// The names of all kinds of events.
pub(super) fn event_kinds() -> BTreeSet<&'static str> {
    EventBody::KINDS.iter().copied().collect()
}

//! Whole requests of a plan that are not random commands: what mends a project, what takes it from its owners,
//! what passes the gate, nonsense.

use fastrand::Rng;
use serde_json::{Value, json};
use testkit::Uuid;

use crate::plan::{Names, all_statuses, one_of};

/// What brings a plan back to life, if an owner sends it: out of bin and archive, all statuses, everybody a member.
pub fn mend(random: &mut Rng, names: &Names) -> Value {
    let workflow = json!({"statuses": all_statuses()});
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

/// A task that waits for another one, finished all the same: refused, and then by an owner's override.
pub fn gated(random: &mut Rng) -> Value {
    // New ones: what a batch fails to make, its later commands cannot name.
    let [task, on] = [(); 2].map(|()| Uuid::from_u128(random.u128(..)));
    let workflow = json!({"statuses": all_statuses()});
    let mut commands = vec![
        json!({"type": "project.update", "set": {"archived": false, "workflow": workflow, "blocked_gate": "finish"}}),
    ];
    for id in [task, on] {
        commands.push(json!({"type": "task.create", "id": id, "title": "Gated", "status": "todo"}));
    }
    commands.push(json!({"type": "dependency.add", "task": task, "on": on}));
    let done = json!({"type": "task.move", "task": task, "status": "done"});
    let mut overriding = done.clone();
    overriding["override"] = json!(true);
    commands.extend([done, overriding]);
    json!({"commands": commands, "atomic": false})
}

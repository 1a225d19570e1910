//! Random commands of several people, decided in memory: whatever is accepted, the rules hold.

use super::*;
use crate::dependency::{Dependency, Kind};
use crate::event;
use crate::snapshot::State;
use proptest::prelude::*;

/// Who acts (often an owner), whether the facts are read anew first, and the numbers that make the command.
type Step = [u16; 6];

/// Commands one after the other; after each accepted one everything is checked. Returns the kinds of events and the codes of
/// refusals that came of it.
fn played(plan: &[Step]) -> BTreeSet<&'static str> {
    let mut world = undo::begun();
    for role in ["viewer", "editor"] {
        world.member(role);
    }
    let people: Vec<UserId> = world.facts.accounts.iter().copied().chain([UserId::new()]).collect();
    world.facts.accounts.extend(&people);
    let (mut fold, mut came) = (world.folded(), BTreeSet::new());
    for [who, anew, kind, one, two, three] in plan {
        let Some(asked) = asked(&world, [*kind, *one, *two, *three]) else { continue };
        if anew.is_multiple_of(3) {
            world.facts = table::read(&world.log, &world.facts.accounts);
        }
        let mut owners = world.facts.state.members.iter().filter(|(_, role)| **role == Role::Owner);
        let anybody = people[usize::from(*who) % people.len()];
        let actor = if who.is_multiple_of(3) { *owners.next_back().expect("an owner").0 } else { anybody };
        match world.try_(actor, asked.clone()) {
            Ok(None) => {}
            Err(rejection) => drop(came.insert(rejection.code())),
            Ok(Some(_)) => {
                let event = world.log.last().expect("an event");
                gate(&fold.state, event);
                let before = fold.state.clone();
                fold.apply(event).expect("the next event");
                place(&before, &fold.state, event, &asked);
                assert_eq!(fold.state, world.facts.state, "after {asked}");
                rules(&fold.state);
                as_read_anew(&world);
                came.insert(event.body.kind());
            }
        }
    }
    came
}

/// Now and then the whole project goes into the bin; from there it soon comes back.
fn asked(world: &World, numbers: [u16; 4]) -> Option<Value> {
    match numbers[0] % 199 {
        0 => Some(json!({"type": "project.delete"})),
        _ if world.facts.deleted && numbers[1].is_multiple_of(2) => Some(json!({"type": "project.restore"})),
        _ => plan::command(world, numbers),
    }
}

/// No event moves a task into a gated category while it waits for something open, save an owner's that names what it passed.
fn gate(before: &State, event: &Event) {
    let (task, status) = if let EventBody::TaskUpdated(event::TaskUpdated { task, set }) = &event.body {
        (task, set.status.as_ref())
    } else if let EventBody::TaskMoved(event::TaskMoved { task, status, .. }) = &event.body {
        (task, status.as_ref())
    } else {
        return assert!(event.overrode.is_empty(), "{event:?}");
    };
    let project = &before.project;
    let meaning = |key: &Key| project.workflow.category(key);
    let from = meaning(&before.tasks[task].status);
    let gated = status.is_some_and(|status| project.blocked_gate.stops(from, meaning(status)));
    let waits = |edge: &&Dependency| edge.task == *task && edge.kind == Kind::Blocks;
    let blockers = before.dependencies.iter().filter(waits).map(|edge| edge.on);
    let open: Vec<TaskId> =
        blockers.filter(|on| gated && meaning(&before.tasks[on].status).is_open()).collect();
    assert_eq!(event.overrode, open, "{event:?}");
    assert!(open.is_empty() || before.members[&event.actor] == Role::Owner, "{event:?}");
}

/// A task that was dropped beside another one stands there, and all others stand as they stood.
fn place(before: &State, after: &State, event: &Event, asked: &Value) {
    let (was, is) = (in_order(before), in_order(after));
    let others = |order: &[TaskId]| -> Vec<TaskId> {
        order
            .iter()
            .filter(|id| was.contains(id) && is.contains(id) && !event.body.tasks().contains(id))
            .copied()
            .collect()
    };
    assert_eq!(others(&was), others(&is), "{event:?}");
    let id = if let EventBody::TaskCreated(event::TaskCreated { task }) = &event.body {
        task.id
    } else if let EventBody::TaskMoved(event::TaskMoved { task, .. }) = &event.body
        && event.undoes.is_none()
    {
        *task
    } else {
        return;
    };
    let status = &after.tasks[&id].status;
    let named = |name: &str| TaskId::read(asked[name].clone()).ok();
    let beside = |name: &str| {
        named(name).filter(|other| before.tasks.get(other).is_some_and(|other| other.stands_in(status)))
    };
    let at = is.iter().position(|other| *other == id).expect("it is there");
    match (beside("after"), beside("before")) {
        (Some(after), _) => assert_eq!(is[at - 1], after, "{event:?}"),
        (None, Some(before)) => assert_eq!(is[at + 1], before, "{event:?}"),
        (None, None) => assert_eq!(at + 1, is.len(), "{event:?}"),
    }
}

fn in_order(state: &State) -> Vec<TaskId> {
    let mut tasks: Vec<&Task> = state.tasks.values().collect();
    tasks.sort_by(|one, other| one.rank.cmp(&other.rank));
    tasks.iter().map(|task| task.id).collect()
}

/// What is true of a project at every version.
fn rules(state: &State) {
    assert!(state.members.values().any(|role| *role == Role::Owner), "no owner");
    let ranks: BTreeSet<_> = state.tasks.values().map(|task| &task.rank).collect();
    assert_eq!(ranks.len(), state.tasks.len(), "two tasks have one rank");
    let numbers: BTreeSet<_> = state.tasks.values().map(|task| task.number).collect();
    assert_eq!(numbers.len(), state.tasks.len(), "two tasks have one number");
    for task in state.tasks.values() {
        assert!(state.project.workflow.has(&task.status), "{} stands nowhere", task.id);
        assert!(task.parent.is_none_or(|parent| state.tasks.contains_key(&parent)), "{} hangs", task.id);
        assert!(task.labels.iter().all(|label| state.project.label(label).is_some()), "{task:?}");
        assert!(task.fields.keys().all(|field| state.project.field(field).is_some()), "{task:?}");
    }
    for edge in &state.dependencies {
        assert!([edge.task, edge.on].iter().all(|end| state.tasks.contains_key(end)), "{edge:?} hangs");
    }
    no_cycle(state.tasks.values().filter_map(|task| Some((task.id, task.parent?))).collect());
    let blocks = state.dependencies.iter().filter(|edge| edge.kind == Kind::Blocks);
    no_cycle(blocks.map(|edge| (edge.task, edge.on)).collect());
}

/// Takes away, again and again, what waits for nothing: only a cycle is left over.
fn no_cycle(mut edges: BTreeSet<(TaskId, TaskId)>) {
    while !edges.is_empty() {
        let waiting: BTreeSet<TaskId> = edges.iter().map(|(task, _)| *task).collect();
        let left = edges.len();
        edges.retain(|(_, on)| waiting.contains(on));
        assert!(edges.len() < left, "a cycle within {edges:?}");
    }
}

/// What one list of commands left in its facts is what the next one reads.
fn as_read_anew(world: &World) {
    let (kept, read) = (&world.facts, table::read(&world.log, &world.facts.accounts));
    assert_eq!(kept.state, read.state);
    assert_eq!((kept.version, kept.deleted, kept.owners), (read.version, read.deleted, read.owners));
    assert_eq!((kept.last_number, &kept.comments), (read.last_number, &read.comments));
    assert_eq!((&kept.deleted_tasks, &kept.deletions), (&read.deleted_tasks, &read.deletions));
    assert_eq!(kept.edges.asleep, read.edges.asleep);
    let used = |facts: &Facts| -> BTreeMap<Key, i64> {
        facts.statuses_in_use.clone().into_iter().filter(|(_, n)| *n != 0).collect()
    };
    assert_eq!(used(kept), used(&read));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn whatever_is_accepted_the_rules_hold(plan in prop::collection::vec(any::<Step>(), 1..120)) {
        played(&plan);
    }
}

#[test]
fn a_long_plan_has_every_kind_of_event_and_the_usual_refusals() {
    let came = played(&plan::fixed_plan(3_000));
    let missing: Vec<_> = plan::event_kinds().into_iter().filter(|kind| !came.contains(kind)).collect();
    assert_eq!(missing, ["project.created"]);
    for code in ["forbidden", "blocked", "dependency_cycle", "undo_conflict", "last_owner", "not_author"] {
        assert!(came.contains(code), "no {code} among {came:?}");
    }
}

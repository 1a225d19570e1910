//! Where tasks go.

use super::*;

#[test]
fn tasks_go_where_they_are_dropped() {
    let mut world = World::new();
    let owner = world.owner;
    let [a, b, c] = ["A", "B", "C"].map(|title| world.task(title));
    world.must(owner, json!({"type": "task.move", "task": c, "after": a}));
    assert_eq!(world.order(), ["A", "C", "B"]);
    world.must(owner, json!({"type": "task.move", "task": b, "before": a}));
    assert_eq!(world.order(), ["B", "A", "C"]);
    world.must(owner, json!({"type": "task.move", "task": b}));
    assert_eq!(world.order(), ["A", "C", "B"]);
    // A neighbour that has left the column does not count, and is no error.
    world.must(owner, json!({"type": "task.update", "task": a, "set": {"status": "done"}}));
    world.must(owner, json!({"type": "task.move", "task": c, "after": a, "before": b}));
    assert_eq!(world.order(), ["C", "B", "A"]);
}

#[test]
fn a_thousand_drops_at_one_place_keep_their_order() {
    let mut world = World::new();
    let owner = world.owner;
    let first = world.task("first");
    for number in 0..1_000 {
        let id = TaskId::new();
        world.must(
            owner,
            json!({"type": "task.create", "id": id, "title": format!("{number}"), "after": first}),
        );
    }
    let newest_first: Vec<String> = (0..1_000).rev().map(|number| number.to_string()).collect();
    assert_eq!(world.order()[1..], newest_first);
}

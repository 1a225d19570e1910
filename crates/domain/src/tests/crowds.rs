//! Many drops at one place: neighbours make room, so ranks stay short and the order stays what people made it.

use super::*;
use crate::order::SIDE;
use proptest::prelude::*;

impl World {
    fn drop_beside(&mut self, after: Option<TaskId>, before: Option<TaskId>) -> TaskId {
        let id = TaskId::new();
        let mut create = json!({"type": "task.create", "id": id, "title": id.to_string()});
        after.iter().for_each(|task| create["after"] = json!(task));
        before.iter().for_each(|task| create["before"] = json!(task));
        self.must(self.owner, create);
        id
    }

    fn ids_in_order(&self) -> Vec<TaskId> {
        let mut tasks: Vec<&Task> = self.facts.state.tasks.values().collect();
        tasks.sort_by(|a, b| a.rank.cmp(&b.rank));
        tasks.iter().map(|task| task.id).collect()
    }

    fn longest_rank(&self) -> usize {
        let tasks = self.facts.state.tasks.values().chain(self.facts.deleted_tasks.values());
        tasks.map(|task| task.rank.as_str().len()).max().unwrap_or(0)
    }

    fn most_reranked(&self) -> usize {
        self.log.iter().map(|event| event.reranked.len()).max().unwrap_or(0)
    }
}

#[test]
fn ten_thousand_drops_below_one_task_keep_ranks_short_and_the_newest_first() {
    let mut world = World::new();
    let (first, last) = (world.task("first"), world.task("last"));
    let mut wanted: Vec<TaskId> = (0..10_000).map(|_| world.drop_beside(Some(first), None)).collect();
    wanted.reverse();
    assert_eq!(world.ids_in_order(), [&[first], wanted.as_slice(), &[last]].concat());
    assert!(world.longest_rank() <= 32, "{} characters", world.longest_rank());
    assert!((1..=2 * SIDE).contains(&world.most_reranked()), "{} neighbours", world.most_reranked());
    assert_eq!(world.folded().state, world.facts.state);
}

#[test]
fn drops_that_close_in_on_one_place_from_both_sides_grow_ranks_slowly_and_seldom_move_neighbours() {
    let mut world = World::new();
    let (mut above, mut below) = (world.task("first"), world.task("last"));
    let mut after_400 = 0;
    for number in 0..3_000 {
        if number == 400 {
            after_400 = world.longest_rank();
        }
        let dropped = world.drop_beside(Some(above), Some(below));
        *(if number % 2 == 0 { &mut above } else { &mut below }) = dropped;
    }
    // Without room made they would have 500 characters. `docs/EVENTS.md` names both numbers.
    assert!((30..=34).contains(&after_400), "{after_400} characters");
    assert!((54..=58).contains(&world.longest_rank()), "{} characters", world.longest_rank());
    let made_room = world.log.iter().filter(|event| !event.reranked.is_empty()).count();
    assert!(made_room < 200, "{made_room} events");
    assert_eq!(world.folded().state, world.facts.state);
}

#[test]
fn tasks_in_the_bin_make_room_too_and_come_back_to_their_places() {
    let mut world = World::new();
    let (owner, first) = (world.owner, world.task("first"));
    world.task("last");
    let dropped: Vec<TaskId> = (0..1_000)
        .map(|_| {
            let dropped = world.drop_beside(Some(first), None);
            world.must(owner, json!({"type": "task.delete", "task": dropped}));
            dropped
        })
        .collect();
    assert!(world.longest_rank() <= 32, "{} characters", world.longest_rank());
    for task in &dropped {
        world.must(owner, json!({"type": "task.restore", "task": task}));
    }
    let newest_first: Vec<TaskId> = dropped.into_iter().rev().collect();
    assert_eq!(world.ids_in_order()[1..1_001], newest_first);
    assert_eq!(world.folded().state, world.facts.state);
}

#[test]
fn a_move_whose_neighbours_made_room_can_be_undone() {
    let mut world = World::new();
    let owner = world.owner;
    let first = world.task("first");
    let mut undone = 0;
    for number in 0..600 {
        world.drop_beside(Some(first), None);
        let order = world.ids_in_order();
        // Out of the crowd and back into it.
        let moved = order[1 + number % (order.len() - 1)];
        if moved == first {
            continue;
        }
        let Ok(Some(version)) =
            world.try_(owner, json!({"type": "task.move", "task": moved, "after": first}))
        else {
            continue;
        };
        let made_room = !world.log.last().expect("the move").reranked.is_empty();
        undone += usize::from(made_room);
        world.must(owner, json!({"type": "event.undo", "version": version}));
        assert_eq!(world.ids_in_order(), order, "{number}");
    }
    assert!(undone >= 3, "{undone} moves made room");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]
    #[test]
    fn random_drops_at_few_places_end_in_the_order_that_people_made(
        drops in prop::collection::vec((0usize..4, any::<bool>(), any::<prop::sample::Index>(), 0usize..5), 1..1_500),
    ) {
        let mut world = World::new();
        let owner = world.owner;
        let mut list: Vec<TaskId> = (0..4).map(|number| world.task(&number.to_string())).collect();
        let anchors = list.clone();
        for (anchor, below, index, kind) in drops {
            let beside = json!(anchors[anchor]);
            let place = |list: &[TaskId]| {
                let at = list.iter().position(|task| *task == anchors[anchor]).expect("anchors stay");
                at + usize::from(below)
            };
            let name = if below { "after" } else { "before" };
            let moved = list[index.index(list.len())];
            if kind == 0 && !anchors.contains(&moved) {
                let command = json!({"type": "task.move", "task": moved, (name): beside});
                prop_assert!(world.try_(owner, command).is_ok());
                list.retain(|task| *task != moved);
                list.insert(place(&list), moved);
            } else {
                let made = TaskId::new();
                world.must(owner, json!({"type": "task.create", "id": made, "title": "x", (name): beside}));
                list.insert(place(&list), made);
            }
        }
        prop_assert!(world.ids_in_order() == list, "another order");
        prop_assert!(world.longest_rank() <= 32);
        prop_assert_eq!(world.folded().state, world.facts.state);
    }
}

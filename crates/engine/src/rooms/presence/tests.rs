use super::message::{Here, RoomBeat};
use super::watch::Watch;
use crate::rooms::said::ClientInfo;
use domain::{ProjectId, UserId};
use std::cell::Cell;
use std::time::Duration;
use uuid::Uuid;

/// One instance's part of a room, and the numbers of its lists.
struct Instance {
    name: Uuid,
    watch: Watch,
    last: Cell<u64>,
}

fn instance() -> Instance {
    Instance { name: Uuid::new_v4(), watch: Watch::default(), last: Cell::new(0) }
}

fn person() -> ClientInfo {
    ClientInfo { client: Uuid::new_v4(), user: UserId::new() }
}

impl Instance {
    fn tells(&self) -> Option<Here> {
        let next = || {
            self.last.set(self.last.get() + 1);
            self.last.get()
        };
        self.watch.to_say(self.name, next).here
    }

    fn asks(&self) -> bool {
        self.watch.to_say(self.name, || 0).ask
    }

    fn beat(&self) -> RoomBeat {
        self.watch.beat(ProjectId::new()).expect("watched")
    }
}

/// Two instances of which one asks and the other has told.
fn asking_and_telling() -> (Instance, Instance) {
    let (asking, telling) = (instance(), instance());
    assert!(asking.watch.ask(Duration::from_secs(60)) && asking.asks());
    telling.watch.heard_question();
    asking.watch.asked(1);
    assert!(!asking.watch.is_complete());
    asking.watch.heard(&telling.tells().expect("a whole list"));
    assert!(asking.watch.is_complete());
    (asking, telling)
}

/// Proves P7.
#[test]
fn nothing_is_told_unless_somebody_asks() {
    let here = instance();
    assert_eq!((here.watch.come(person()).others, here.tells()), (false, None));
    assert!(here.watch.beat(ProjectId::new()).is_none());
    here.watch.heard_question();
    assert_eq!(here.tells().expect("a list").moves.len(), 1);
    assert!(here.tells().is_none(), "nothing changed");
    for _ in 0..6 {
        assert!(here.watch.beat(ProjectId::new()).is_some());
        here.watch.own_beat();
    }
    assert!(here.watch.beat(ProjectId::new()).is_none(), "nobody asked again");
}

/// Proves P7.
#[test]
fn changes_follow_the_list_and_a_missed_one_has_it_asked_for_again() {
    let (asking, telling) = asking_and_telling();
    let (first, second) = (person(), person());
    assert!(telling.watch.come(first).others);
    asking.watch.heard(&telling.tells().expect("a change"));
    assert!(asking.watch.everybody().contains_key(&first.client));
    telling.watch.go(first.client);
    drop(telling.tells());
    telling.watch.come(second);
    let (heard, _) = asking.watch.heard(&telling.tells().expect("a change"));
    assert!(heard.ask && asking.asks());
    telling.watch.heard_question();
    asking.watch.heard(&telling.tells().expect("a whole list"));
    assert_eq!(asking.watch.everybody().into_keys().collect::<Vec<_>>(), [second.client]);
}

/// Proves P8.
#[test]
fn an_instance_that_is_not_heard_of_is_gone_after_four_beats_that_came_back() {
    let (asking, telling) = asking_and_telling();
    telling.watch.come(person());
    asking.watch.heard(&telling.tells().expect("a change"));
    for _ in 0..3 {
        asking.watch.own_beat();
    }
    assert!(!asking.watch.heard_beat(telling.name, telling.beat()), "it is there");
    for left in (0..4).rev() {
        assert_eq!(asking.watch.everybody().len(), 1, "{left} beats more");
        asking.watch.own_beat();
    }
    assert!(asking.watch.everybody().is_empty());
    assert!(asking.watch.heard_beat(telling.name, telling.beat()), "it is back, and asked");
}

/// Proves P9.
#[test]
fn after_a_new_connection_everybody_is_asked_and_told_anew() {
    let (asking, telling) = asking_and_telling();
    asking.watch.reconnected();
    telling.watch.reconnected();
    assert!(!asking.watch.is_complete() && asking.asks());
    assert_eq!(telling.tells().expect("a whole list").from, 0);
    asking.watch.asked(0);
    assert!(asking.watch.is_complete());
}

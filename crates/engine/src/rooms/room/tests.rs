use super::*;
use bytes::Bytes;
use store::heads::Head;

fn room(version: Version) -> Room {
    let head = Head { project: ProjectId::new(), epoch: "e".into(), version };
    Room::begin(Beginning { head, deleted: false, roles: Vec::new() }, 1_000)
}

fn frame(version: Version, access: Access) -> Arc<Frame> {
    let message = format!("e {version} {access}\n{}", "x".repeat(100));
    Arc::new(Frame::from_message(&Bytes::from(message)).expect("a frame"))
}

fn plain(version: Version) -> Arc<Frame> {
    frame(version, Access::Unchanged)
}

fn versions(room: &Room, after: Version) -> Option<Vec<Version>> {
    match room.after(after, 100) {
        Stretch::Frames(frames) => Some(frames.iter().map(|frame| frame.version).collect()),
        Stretch::TooOld => None,
    }
}

/// Proves R1.
#[test]
fn what_is_known_is_dropped_and_what_is_next_is_applied() {
    let room = room(5);
    for version in [4, 5, 6, 6, 7] {
        assert_eq!(room.accept(plain(version)), Accepted::InOrder);
    }
    assert_eq!(versions(&room, 5), Some(vec![6, 7]));
}

/// Proves R1.
#[test]
fn an_early_frame_waits_for_the_missing_one() {
    let room = room(0);
    assert_eq!(room.accept(plain(3)), Accepted::Gap);
    assert_eq!(room.accept(plain(2)), Accepted::Gap);
    assert_eq!(room.last(), 0);
    assert_eq!(room.accept(plain(1)), Accepted::InOrder);
    assert_eq!(versions(&room, 0), Some(vec![1, 2, 3]));
}

/// Proves R2.
#[test]
fn a_frame_of_another_epoch_is_never_applied() {
    let room = room(0);
    let other = Frame::from_message(&Bytes::from_static(b"f 1 unchanged\n{}")).expect("a frame");
    assert_eq!(room.accept(Arc::new(other)), Accepted::OtherEpoch);
    assert_eq!(room.last(), 0);
}

/// Proves R8.
#[test]
fn the_ring_is_bounded_in_bytes_and_says_when_it_is_too_short() {
    let room = room(0);
    for version in 1..=30 {
        room.accept(plain(version));
    }
    assert_eq!(versions(&room, 20), Some((21..=30).collect()));
    assert_eq!(versions(&room, 19), None);
    assert_eq!(versions(&room, 30), Some(vec![]));
}

/// Proves J5, A4.
#[test]
fn who_may_see_a_project_follows_its_events() {
    let room = room(0);
    let user = UserId::new();
    assert_eq!(room.view(user).role, None);
    room.accept(frame(1, Access::Granted(user, Role::Editor)));
    assert_eq!(room.view(user).role, Some(Role::Editor));
    room.accept(frame(2, Access::Revoked(user)));
    assert_eq!(room.view(user), View { last: 2, role: None, void: false });
    room.accept(frame(3, Access::Granted(user, Role::Viewer)));
    room.accept(frame(4, Access::Closed));
    assert_eq!(room.view(user).role, None);
    room.accept(frame(5, Access::Opened));
    assert_eq!(room.view(user).role, Some(Role::Viewer));
}

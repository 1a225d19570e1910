//! Who is removed gets the removal and nothing above it, however the moments fall.

use crate::SOON;
use serde_json::json;
use testkit::follower::End;
use testkit::socket::Failure;
use testkit::{Cluster, Follower, Recover, Socket, Start, eventually};

/// Proves A1, A2.
#[tokio::test(flavor = "multi_thread")]
async fn a_removed_member_gets_the_removal_and_nothing_above_it() {
    let cluster = Cluster::start(3).await;
    let (owner, guest) = (cluster.user("Olga").await, cluster.user("Gus").await);
    let api = cluster.api(0, &owner);
    let project = api.create_project("Shop").await;
    api.add_member(project, &guest, "editor").await;
    let guests: Vec<Follower> =
        (0..3).map(|n| Follower::start(&cluster.sockets()[n..=n], &guest, project, Start::Head)).collect();
    for follower in &guests {
        follower.live(SOON).await;
    }
    let removal = api.remove_member(project, &guest).await;
    api.create_tasks(project, 20).await;
    for follower in &guests {
        assert!(matches!(follower.ended(SOON).await, End::Unsubscribed { code: 2000, .. }));
        assert_eq!(follower.version(), removal, "the removal itself, and nothing above it");
        follower.assert_strict();
    }
    cluster
        .api(1, &guest)
        .get(&format!("/projects/{project}/events?after=0"))
        .await
        .expect_problem(404, "not_found");
}

/// Proves A5.
#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_waited_for_the_lock_is_judged_by_the_role_after_it() {
    let cluster = Cluster::start(2).await;
    let (owner, guest) = (cluster.user("Olga").await, cluster.user("Gus").await);
    let api = cluster.api(0, &owner);
    let project = api.create_project("Shop").await;
    for round in 0..5 {
        api.add_member(project, &guest, "editor").await;
        let lock = cluster.database.lock_project(project).await;
        let remove = {
            let (api, guest) = (api.clone(), guest.clone());
            tokio::spawn(async move { api.remove_member(project, &guest).await })
        };
        eventually("the removal to wait", SOON, || async { cluster.database.waiting_for_locks().await == 1 })
            .await;
        let path = format!("/projects/{project}/tasks");
        let write = {
            let (late, path) = (cluster.api(1, &guest), path.clone());
            tokio::spawn(async move { late.post(&path, json!({"title": "late"})).await })
        };
        eventually("the command to wait", SOON, || async { cluster.database.waiting_for_locks().await == 2 })
            .await;
        lock.release().await;
        let removal = remove.await.expect("removed");
        // Postgres serves the queue of a row in order, so the removal came first.
        write.await.expect("answered").expect_problem(404, "not_found");
        assert_eq!(api.digest(project).await.version, removal, "round {round}: nothing above the removal");
    }
}

/// Joins again and again while the membership is taken away, until both outcomes of the race were seen.
/// Proves A2.
#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_that_races_with_the_removal_ends_and_gets_nothing_above_it() {
    let cluster = Cluster::start(2).await;
    let (owner, guest) = (cluster.user("Olga").await, cluster.user("Gus").await);
    let api = cluster.api(0, &owner);
    let project = api.create_project("Shop").await;
    let (mut let_in, mut refused) = (0, 0);
    for round in 0..400u64 {
        api.add_member(project, &guest, "viewer").await;
        let mut socket = Socket::connect(&cluster.instances[1].ws(), &guest.token).await.expect("connected");
        let remover = api.clone();
        let removed = {
            let guest = guest.clone();
            tokio::spawn(async move { remover.remove_member(project, &guest).await })
        };
        // Longer from round to round: how long a removal takes says the machine.
        for _ in 0..round % 40 * (20 + round) {
            tokio::task::yield_now().await;
        }
        let answer = socket.subscribe(project, &Recover::No, 0).await;
        let removal = removed.await.expect("removed");
        let above = api.create_task(project, "above").await.version;
        match answer {
            Err(refusal) => {
                assert_eq!(refusal.refused_code(), Some(103));
                refused += 1;
            }
            Ok(answer) => {
                let_in += u32::from(answer.offset < removal);
                let got = until_unsubscribed(&mut socket).await;
                assert!(
                    got.iter().all(|version| *version <= removal),
                    "{got:?} after {removal}, above was {above}"
                );
            }
        }
        if let_in >= 3 && refused >= 3 {
            return;
        }
    }
    panic!("the race was not hit: {let_in} let in before the removal, {refused} refused");
}

pub async fn until_unsubscribed(socket: &mut Socket) -> Vec<u64> {
    use testkit::socket::Push;
    let mut got = Vec::new();
    loop {
        match socket.next_push(SOON).await {
            Ok(Push::Publication { publication, .. }) => got.push(publication.version.expect("an offset")),
            Ok(Push::Unsubscribed { code, .. }) => {
                assert_eq!(code, 2000);
                return got;
            }
            Ok(other) => panic!("{other:?}"),
            Err(Failure::Silent(what)) => panic!("the subscription did not end: {what}"),
            Err(other) => panic!("{other:?}"),
        }
    }
}

/// Proves A4.
#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_project_says_so_and_lets_nobody_in_until_it_is_restored() {
    let cluster = Cluster::start(2).await;
    let owner = cluster.user("Olga").await;
    let api = cluster.api(0, &owner);
    let project = api.create_project("Shop").await;
    let follower = Follower::start(&cluster.sockets()[1..], &owner, project, Start::Head);
    follower.live(SOON).await;
    let path = format!("/projects/{project}");
    let deletion = api.delete(&path).await.expect(200).version();
    assert!(matches!(follower.ended(SOON).await, End::Unsubscribed { code: 2000, .. }));
    assert_eq!(follower.version(), deletion);
    let mut socket = Socket::connect(&cluster.instances[1].ws(), &owner.token).await.expect("connected");
    let refused = socket.subscribe(project, &Recover::No, 0).await.expect_err("deleted");
    assert_eq!(refused.refused_code(), Some(103));
    api.get(&path).await.expect_problem(404, "not_found");
    let restored = api.post(&format!("{path}/restore"), json!({})).await.expect(200).version();
    assert_eq!(restored, deletion + 1);
    let answer = socket.subscribe(project, &Recover::No, 0).await.expect("restored");
    assert_eq!(answer.offset, restored);
}

/// Proves A3.
#[tokio::test(flavor = "multi_thread")]
async fn who_came_back_catches_up_over_their_own_removal_and_stays() {
    let cluster = Cluster::start(2).await;
    let (owner, guest) = (cluster.user("Olga").await, cluster.user("Gus").await);
    let api = cluster.api(0, &owner);
    let project = api.create_project("Shop").await;
    let start = Start::at(&api.snapshot(project).await);
    // More than the first page, so that the removal comes as a push.
    api.create_tasks(project, 150).await;
    api.add_member(project, &guest, "viewer").await;
    api.remove_member(project, &guest).await;
    api.delete(&format!("/projects/{project}")).await.expect(200);
    api.post(&format!("/projects/{project}/restore"), json!({})).await.expect(200);
    api.add_member(project, &guest, "viewer").await;
    let position = match &start {
        Start::At(position) => position.clone(),
        Start::Head => panic!("a snapshot has a position"),
    };
    let addresses: Vec<String> = cluster.instances.iter().map(|instance| instance.http()).collect();
    let followers = [
        Follower::start(&cluster.sockets()[..1], &guest, project, start.clone()),
        Follower::start(&cluster.sockets()[1..], &guest, project, start),
        Follower::start_events(&addresses, &guest, project, position),
    ];
    let version = api.create_task(project, "Here").await.version;
    for follower in &followers {
        follower.wait_until_version(version, SOON).await;
        follower.assert_strict();
        assert_eq!(follower.progress().reconnects, 0);
    }
}

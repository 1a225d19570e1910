//! Who is in a project, on all instances; and what becomes of it when instances and Redis go away.

use crate::SOON;
use crate::typing::subscribed;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use testkit::socket::{Failure, Push};
use testkit::{Cluster, Socket, User, Uuid, eventually};

/// After the end of whatever went wrong, every list is right within this.
const RIGHT: Duration = Duration::from_secs(3);

fn channel(project: Uuid) -> Value {
    json!({"channel": format!("project:{project}")})
}

fn client(socket: &Socket) -> String {
    socket.connected["client"].as_str().expect("a client").to_owned()
}

fn clients<'a>(sockets: impl IntoIterator<Item = &'a Socket>) -> BTreeSet<String> {
    sockets.into_iter().map(client).collect()
}

/// The connections that are there, as this one is told.
async fn present(socket: &mut Socket, project: Uuid) -> Result<BTreeSet<String>, Failure> {
    let answer = socket.call("presence", channel(project)).await?;
    Ok(answer["presence"].as_object().expect("presence").keys().cloned().collect())
}

/// Waits until the socket is told exactly that.
async fn sees(socket: &mut Socket, project: Uuid, wanted: &BTreeSet<String>, timeout: Duration) {
    let asked = async {
        while present(socket, project).await.ok().as_ref() != Some(wanted) {
            // A list may be asked for 20 times a second.
            tokio::time::sleep(Duration::from_millis(60)).await;
        }
    };
    testkit::wait::within("the list to be right", timeout, asked).await;
}

async fn hearing(cluster: &Cluster, instance: usize, user: &User, project: Uuid) -> Socket {
    let mut socket =
        Socket::connect(&cluster.instances[instance].ws(), &user.token).await.expect("connected");
    let mut request = channel(project);
    request["join_leave"] = json!(true);
    socket.call("subscribe", request).await.expect("subscribed");
    socket
}

/// The next move that the socket hears of: `join` or `leave`, and who.
async fn moved(socket: &mut Socket) -> (String, Value) {
    loop {
        match socket.next_push(SOON).await.expect("a push") {
            Push::Other(push) => {
                let moves =
                    ["join", "leave"].map(|step| (step.to_owned(), push["push"][step]["info"].clone()));
                return moves.into_iter().find(|(_, info)| !info.is_null()).expect("join or leave");
            }
            Push::Publication { .. } => {}
            other @ Push::Unsubscribed { .. } => panic!("{other:?}"),
        }
    }
}

fn info(socket: &Socket, user: &User) -> Value {
    json!({"user": user.id, "client": client(socket)})
}

/// Proves P5.
#[tokio::test(flavor = "multi_thread")]
async fn two_tabs_on_two_instances_are_two_clients_and_one_person() {
    let cluster = Cluster::start(2).await;
    let (owner, guest) = (cluster.user("Olga").await, cluster.user("Gus").await);
    let api = cluster.api(0, &owner);
    let project = api.create_project("Shop").await;
    api.add_member(project, &guest, "viewer").await;
    let mut asker = subscribed(&cluster, 0, &owner, project).await;
    let tabs =
        [subscribed(&cluster, 0, &guest, project).await, subscribed(&cluster, 1, &guest, project).await];
    let all = clients(tabs.iter().chain([&asker]));
    sees(&mut asker, project, &all, SOON).await;
    let stats = asker.call("presence_stats", channel(project)).await.expect("an answer");
    assert_eq!(stats, json!({"num_clients": 3, "num_users": 2}));
    let answer = asker.call("presence", channel(project)).await.expect("an answer");
    assert_eq!(answer["presence"][client(&tabs[1])], info(&tabs[1], &guest));
}

/// Proves P5, A1, A9.
#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_in_the_project_is_told_nothing_of_it() {
    let cluster = Cluster::start(1).await;
    let (owner, stranger) = (cluster.user("Olga").await, cluster.user("Stella").await);
    let project = cluster.api(0, &owner).create_project("Shop").await;
    let mut socket = Socket::connect(&cluster.instances[0].ws(), &stranger.token).await.expect("connected");
    for method in ["presence", "presence_stats"] {
        let code = async |channel: Value, socket: &mut Socket| {
            socket.call(method, channel).await.expect_err("refused").refused_code()
        };
        assert_eq!(code(channel(project), &mut socket).await, Some(103));
        assert_eq!(code(json!({"channel": format!("user:{}", owner.id)}), &mut socket).await, Some(103));
        assert_eq!(code(json!({"channel": format!("user:{}", stranger.id)}), &mut socket).await, Some(108));
        assert_eq!(code(json!({"channel": "x"}), &mut socket).await, Some(102));
    }
}

/// Proves P6.
#[tokio::test(flavor = "multi_thread")]
async fn who_comes_and_leaves_is_heard_on_every_instance() {
    let cluster = Cluster::start(2).await;
    let (owner, guest) = (cluster.user("Olga").await, cluster.user("Gus").await);
    let api = cluster.api(0, &owner);
    let project = api.create_project("Shop").await;
    api.add_member(project, &guest, "viewer").await;
    let mut hearers =
        [hearing(&cluster, 0, &owner, project).await, hearing(&cluster, 1, &owner, project).await];
    for index in 0..2 {
        let other = info(&hearers[1 - index], &owner);
        assert_eq!(moved(&mut hearers[index]).await, ("join".to_owned(), other));
    }
    let mut visitor = subscribed(&cluster, 1, &guest, project).await;
    let who = info(&visitor, &guest);
    for hearer in &mut hearers {
        assert_eq!(moved(hearer).await, ("join".to_owned(), who.clone()));
    }
    visitor.unsubscribe(project).await.expect("unsubscribed");
    for hearer in &mut hearers {
        assert_eq!(moved(hearer).await, ("leave".to_owned(), who.clone()));
    }
    visitor.subscribe(project, &testkit::Recover::No, 0).await.expect("subscribed");
    for hearer in &mut hearers {
        assert_eq!(moved(hearer).await, ("join".to_owned(), who.clone()));
    }
    api.remove_member(project, &guest).await;
    for hearer in &mut hearers {
        assert_eq!(moved(hearer).await, ("leave".to_owned(), who.clone()), "removed");
    }
}

/// Proves P7.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_it_goes_through_redis_while_nobody_asks() {
    let cluster = Cluster::builder().instances(2).redis_proxied().start().await;
    let owner = cluster.user("Olga").await;
    let project = cluster.api(0, &owner).create_project("Shop").await;
    let published =
        || cluster.instances.iter().map(|instance| instance.redis().faults.published()).sum::<u64>();
    // That the owner's list of projects changed.
    eventually("the creation to be published", SOON, || async { published() == 1 }).await;
    let mut sockets = Vec::new();
    for number in 0..20 {
        sockets.push(subscribed(&cluster, number % 2, &owner, project).await);
    }
    assert_eq!(published(), 1);
    let all = clients(&sockets);
    sees(&mut sockets[0], project, &all, SOON).await;
    assert!(published() > 1);
}

/// Proves P8.
#[tokio::test(flavor = "multi_thread")]
async fn of_200_people_on_three_instances_every_list_is_right_three_seconds_after_a_kill_and_a_restart() {
    let mut cluster = Cluster::builder().instances(3).redis_proxied().start().await;
    let owner = cluster.user("Olga").await;
    let api = cluster.api(0, &owner);
    let project = api.create_project("Shop").await;
    let mut sockets: [Vec<Socket>; 3] = Default::default();
    for (number, user) in cluster.users(200).await.into_iter().enumerate() {
        api.add_member(project, &user, "editor").await;
        sockets[number % 3].push(hearing(&cluster, number % 3, &user, project).await);
    }
    let everybody = clients(sockets.iter().flatten());
    for some in &mut sockets {
        sees(&mut some[0], project, &everybody, SOON).await;
    }
    cluster.instances[2].kill();
    let killed = Instant::now();
    let [first, second, gone] = sockets;
    let staying = clients(first.iter().chain(&second));
    let mut sockets = [first, second];
    for some in &mut sockets {
        sees(&mut some[0], project, &staying, RIGHT.saturating_sub(killed.elapsed())).await;
    }
    for instance in &cluster.instances[..2] {
        instance.redis().refuse().await;
    }
    eventually("Redis to be missed", SOON, || async {
        cluster.instances[1].output.contains("relayed=false")
    })
    .await;
    let late = sockets[1].pop().expect("somebody");
    let staying = clients(sockets.iter().flatten());
    late.close().await;
    for instance in &cluster.instances[..2] {
        instance.redis().accept().await;
    }
    let restarted = Instant::now();
    for some in &mut sockets {
        sees(&mut some[0], project, &staying, RIGHT.saturating_sub(restarted.elapsed())).await;
    }
    drop(gone);
}

/// Proves P8.
#[tokio::test(flavor = "multi_thread")]
async fn the_people_of_a_killed_instance_are_said_to_have_left() {
    let mut cluster = Cluster::start(2).await;
    let owner = cluster.user("Olga").await;
    let project = cluster.api(0, &owner).create_project("Shop").await;
    let mut hearer = hearing(&cluster, 0, &owner, project).await;
    let away = subscribed(&cluster, 1, &owner, project).await;
    assert_eq!(moved(&mut hearer).await, ("join".to_owned(), info(&away, &owner)));
    cluster.instances[1].kill();
    let killed = Instant::now();
    assert_eq!(moved(&mut hearer).await, ("leave".to_owned(), info(&away, &owner)));
    assert!(killed.elapsed() < RIGHT, "{:?}", killed.elapsed());
}

/// Proves P9.
#[tokio::test(flavor = "multi_thread")]
async fn while_redis_is_away_nobody_is_said_to_be_there_or_to_have_left() {
    for hangs in [false, true] {
        let cluster = Cluster::builder().instances(2).redis_proxied().start().await;
        let owner = cluster.user("Olga").await;
        let project = cluster.api(0, &owner).create_project("Shop").await;
        let mut hearer = hearing(&cluster, 0, &owner, project).await;
        let away = subscribed(&cluster, 1, &owner, project).await;
        assert_eq!(moved(&mut hearer).await, ("join".to_owned(), info(&away, &owner)));
        for instance in &cluster.instances {
            if hangs { instance.redis().freeze() } else { instance.redis().refuse().await }
        }
        let refused = testkit::wait::within("the answer to be refused", SOON, async {
            loop {
                match present(&mut hearer, project).await {
                    Err(Failure::Refused(refused)) if refused.code == 108 => return refused,
                    _ => tokio::time::sleep(Duration::from_millis(60)).await,
                }
            }
        });
        assert!(refused.await.temporary);
        // Who comes here is heard all the same, and is the first to be heard of.
        let local = subscribed(&cluster, 0, &owner, project).await;
        assert_eq!(moved(&mut hearer).await, ("join".to_owned(), info(&local, &owner)));
        for instance in &cluster.instances {
            if hangs { instance.redis().thaw() } else { instance.redis().accept().await }
        }
        let all = clients([&hearer, &away, &local]);
        sees(&mut hearer, project, &all, RIGHT).await;
        assert!(hearer.kept_push().is_none(), "nobody was said to have left");
    }
}

/// Proves P8.
#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_hangs_is_gone_until_it_goes_on() {
    let cluster = Cluster::start(2).await;
    let owner = cluster.user("Olga").await;
    let project = cluster.api(0, &owner).create_project("Shop").await;
    let mut hearer = hearing(&cluster, 0, &owner, project).await;
    let other = subscribed(&cluster, 1, &owner, project).await;
    let (joined, who) = moved(&mut hearer).await;
    assert_eq!((joined.as_str(), &who), ("join", &info(&other, &owner)));
    cluster.instances[1].pause();
    assert_eq!(moved(&mut hearer).await, ("leave".to_owned(), who.clone()));
    cluster.instances[1].resume();
    assert_eq!(moved(&mut hearer).await, ("join".to_owned(), who));
}

/// Proves P8.
#[tokio::test(flavor = "multi_thread")]
async fn a_list_gets_right_again_though_messages_are_lost() {
    let cluster = Cluster::builder().instances(2).redis_proxied().start().await;
    let owner = cluster.user("Olga").await;
    let project = cluster.api(0, &owner).create_project("Shop").await;
    let mut asker = hearing(&cluster, 0, &owner, project).await;
    for instance in &cluster.instances {
        instance.redis().faults.lose_every(3);
    }
    let mut others = Vec::new();
    for _ in 0..20 {
        others.push(subscribed(&cluster, 1, &owner, project).await);
        if others.len() % 3 == 0 {
            others.remove(0).close().await;
        }
    }
    let all = clients(others.iter().chain([&asker]));
    sees(&mut asker, project, &all, SOON).await;
}

/// Proves P9.
#[tokio::test(flavor = "multi_thread")]
async fn an_instance_without_redis_knows_its_own_people() {
    let cluster = Cluster::builder().without_redis().start().await;
    let owner = cluster.user("Olga").await;
    let project = cluster.api(0, &owner).create_project("Shop").await;
    let mut hearer = hearing(&cluster, 0, &owner, project).await;
    let other = subscribed(&cluster, 0, &owner, project).await;
    assert_eq!(moved(&mut hearer).await, ("join".to_owned(), info(&other, &owner)));
    let all = clients([&hearer, &other]);
    assert_eq!(present(&mut hearer, project).await, Ok(all));
    other.close().await;
    assert_eq!(moved(&mut hearer).await.0, "leave");
}

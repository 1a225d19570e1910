//! Accepting an invitation, registering with one, and who gets in of several at once.

use serde_json::json;
use testkit::proxy::{Action, At};
use testkit::user::PASSWORD;
use testkit::wait::eventually;
use testkit::{Cluster, Follower, Start};

use super::{accept, invite, look, members, registration, role};
use crate::support::{SOON, Team};

#[tokio::test(flavor = "multi_thread")]
async fn an_invited_person_registers_where_sign_up_is_by_invitation_and_works_at_once() {
    let team = Team::of(Cluster::builder().instances(2).env("LOCKSTEP_SIGNUP", "invite")).await;
    let invited = invite(&team.owner(), team.project, json!({"role": "editor"})).await;
    let anybody = team.cluster.instances[1].api();
    let seen = look(&anybody, &invited.token).await.expect(200).body;
    assert_eq!(
        (&seen["projects"], &seen["role"], &seen["invited_by"], &seen["email"]),
        (&json!([{"name": "Shop"}]), &json!("editor"), &json!({"name": "Olga"}), &json!(null)),
    );
    let uninvited = json!({"email": "u@example.org", "name": "U", "password": PASSWORD, "cookie": false});
    anybody.post("/auth/register", uninvited).await.expect_problem(403, "signup_closed");
    let registered =
        anybody.post("/auth/register", registration("Ina", &invited.token)).await.expect(201).body;
    let ina = anybody.with_token(registered["access_token"].as_str().expect("a token"));
    ina.create_task(team.project, "Hang the sign").await;
    let events = ina.events_after(team.project, 4).await;
    let id = &registered["user"]["id"];
    assert_eq!(events[0]["type"], "member.added");
    assert_eq!((&events[0]["actor"], &events[0]["data"]["user"]), (id, id));
    anybody
        .post("/auth/register", registration("Ira", &invited.token))
        .await
        .expect_problem(410, "invitation_gone");
    look(&anybody, &invited.token).await.expect_problem(410, "invitation_gone");
    assert_eq!(members(&team.owner(), team.project).await, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_sign_up_is_closed_an_invitation_makes_no_account_but_lets_accounts_in() {
    let team = Team::of(Cluster::builder().env("LOCKSTEP_SIGNUP", "closed")).await;
    let invited = invite(&team.owner(), team.project, json!({"role": "viewer"})).await;
    let anybody = team.cluster.instances[0].api();
    let registering = anybody.post("/auth/register", registration("Ina", &invited.token)).await;
    registering.expect_problem(403, "signup_closed");
    let joined = accept(&team.stranger(), &invited.token).await.expect(200).body;
    let project = &joined["projects"][0];
    assert_eq!(
        (&project["id"], &project["name"], &project["role"]),
        (&json!(team.project), &json!("Shop"), &json!("viewer"))
    );
    assert_eq!(project["version"], json!(team.digest().await.version));
    assert_eq!(role(&team.owner(), team.project, team.stranger.id).await.as_deref(), Some("viewer"));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_watches_hears_of_who_joins_on_every_instance() {
    let team = Team::start(2).await;
    let invited = invite(&team.owner(), team.project, json!({"role": "editor"})).await;
    let start = Start::at(&team.viewer().snapshot(team.project).await);
    let follower = Follower::start(&team.cluster.sockets()[..1], &team.viewer, team.project, start);
    follower.live(SOON).await;
    let joined = accept(&team.cluster.api(1, &team.stranger), &invited.token).await.expect(200).body;
    let version = joined["projects"][0]["version"].as_u64().expect("a version");
    follower.wait_until_version(version, SOON).await;
    follower.assert_strict();
    team.cluster.equal_digests(team.project, &team.stranger, version, SOON).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_accept_the_last_use_at_once_one_gets_in() {
    let team = Team::start(2).await;
    let (one, two) = (team.cluster.user("Ida").await, team.cluster.user("Ivo").await);
    for _ in 0..5 {
        let project = team.owner().create_project("Race").await;
        let invited = invite(&team.owner(), project, json!({"role": "editor"})).await;
        let (one, two) = (team.cluster.api(0, &one), team.cluster.api(1, &two));
        let (one, two) = tokio::join!(accept(&one, &invited.token), accept(&two, &invited.token));
        let mut statuses = [one.status, two.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 410], "{one} {two}");
        assert_eq!(members(&team.owner(), project).await, 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_register_with_the_last_use_at_once_one_gets_an_account() {
    let team = Team::of(Cluster::builder().instances(2).env("LOCKSTEP_SIGNUP", "invite")).await;
    let invited = invite(&team.owner(), team.project, json!({"role": "editor"})).await;
    let sql = team.cluster.database.sql().await;
    let accounts =
        async || sql.query_one("SELECT count(*) FROM users", &[]).await.expect("a count").get::<_, i64>(0);
    let before = accounts().await;
    let register = |instance: usize, name: &str| {
        let (api, body) = (team.cluster.instances[instance].api(), registration(name, &invited.token));
        async move { api.post("/auth/register", body).await }
    };
    let (one, two) = tokio::join!(register(0, "Ida"), register(1, "Ivo"));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 410], "{one} {two}");
    assert_eq!(accounts().await, before + 1);
    assert_eq!(members(&team.owner(), team.project).await, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn crossing_invitations_into_the_same_projects_never_lock_each_other_out() {
    let team = Team::start(2).await;
    let second = team.owner().create_project("Second").await;
    let forth =
        invite(&team.owner(), team.project, json!({"role": "viewer", "projects": [second], "uses": 20}))
            .await;
    let back =
        invite(&team.owner(), second, json!({"role": "viewer", "projects": [team.project], "uses": 20}))
            .await;
    let people = team.cluster.users(12).await;
    let accepting = people.iter().enumerate().map(|(n, user)| {
        let (api, token) =
            (team.cluster.api(n % 2, user), if n % 3 == 0 { &forth } else { &back }.token.clone());
        async move { accept(&api, &token).await.expect(200) }
    });
    let adding = async {
        for n in 0..20 {
            team.owner().create_task(if n % 2 == 0 { team.project } else { second }, "Meanwhile").await;
        }
    };
    tokio::join!(futures_util::future::join_all(accepting), adding);
    assert_eq!(members(&team.owner(), team.project).await, 15);
    assert_eq!(members(&team.owner(), second).await, 13);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_keeps_the_higher_role_and_one_who_gains_nothing_uses_up_nothing() {
    let team = Team::start(1).await;
    let invited = invite(&team.owner(), team.project, json!({"role": "editor"})).await;
    let before = team.digest().await;
    for (api, has) in [(team.owner(), "owner"), (team.editor(), "editor")] {
        let joined = accept(&api, &invited.token).await.expect(200).body;
        assert_eq!(joined["projects"][0]["role"], json!(has));
    }
    team.unchanged(&before).await;
    let joined = accept(&team.viewer(), &invited.token).await.expect(200).body;
    assert_eq!(joined["projects"][0]["role"], json!("editor"));
    let events = team.owner().events_after(team.project, before.version).await;
    assert_eq!((events.len(), &events[0]["type"]), (1, &json!("member.updated")));
    // Repeating what went well is answered the same, although the invitation is spent.
    assert_eq!(accept(&team.viewer(), &invited.token).await.expect(200).body, joined);
    accept(&team.stranger(), &invited.token).await.expect_problem(410, "invitation_gone");
}

/// COMMIT's answer is lost: the person is a member, but the instance cannot know.
#[tokio::test(flavor = "multi_thread")]
async fn an_acceptance_whose_commit_went_unanswered_may_be_repeated() {
    let team = Team::of(Cluster::builder().postgres_proxied()).await;
    let invited = invite(&team.owner(), team.project, json!({"role": "editor"})).await;
    let faults = &team.cluster.instances[0].postgres().faults;
    let mut commit = faults.on_next_commit_of_any_write(At::Request, Action::Cut);
    accept(&team.stranger(), &invited.token).await.expect_problem(503, "outcome_unknown");
    commit.reached(SOON).await;
    assert_eq!(role(&team.owner(), team.project, team.stranger.id).await, None);
    let mut commit = faults.on_next_commit_of_any_write(At::Answer, Action::Cut);
    accept(&team.stranger(), &invited.token).await.expect_problem(503, "outcome_unknown");
    commit.reached(SOON).await;
    let joined = accept(&team.stranger(), &invited.token).await.expect(200).body;
    assert_eq!(joined["projects"][0]["role"], json!("editor"));
    let events = team.stranger().events_after(team.project, 0).await;
    let added = events.iter().filter(|event| event["data"]["user"] == json!(team.stranger.id));
    assert_eq!(added.count(), 1);
}

/// The session ends while the acceptance waits for the project.
#[tokio::test(flavor = "multi_thread")]
async fn who_is_disabled_meanwhile_does_not_become_a_member() {
    let team = Team::start(1).await;
    let invited = invite(&team.owner(), team.project, json!({"role": "editor"})).await;
    let lock = team.cluster.database.lock_project(team.project).await;
    let waiting = {
        let (api, token) = (team.stranger(), invited.token.clone());
        tokio::spawn(async move { accept(&api, &token).await })
    };
    eventually("the acceptance to wait", SOON, || async {
        team.cluster.database.waiting_for_locks().await == 1
    })
    .await;
    assert!(team.cluster.run(&["user", "disable", &team.stranger.email]).await.success);
    lock.release().await;
    waiting.await.expect("an answer").expect_problem(401, "session_ended");
    assert_eq!(role(&team.owner(), team.project, team.stranger.id).await, None);
}

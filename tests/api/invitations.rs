//! Invitations: links with which people come into projects, as owners make them and as others use them.

use serde_json::{Value, json};
use testkit::proxy::{Action, At};
use testkit::user::PASSWORD;
use testkit::wait::eventually;
use testkit::{Answer, Api, Cluster, Follower, Start, Uuid};

use crate::support::{SOON, Team};

/// An invitation as its maker is shown it once.
struct Invited {
    id: Uuid,
    token: String,
}

async fn invite(owner: &Api, project: Uuid, wanted: Value) -> Invited {
    let made = owner.post(&format!("/projects/{project}/invitations"), wanted).await.expect(201).body;
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let token = text(&made["token"]);
    assert!(text(&made["link"]).ends_with(&format!("/join#{token}")), "{made}");
    Invited { id: text(&made["invitation"]["id"]).parse().expect("an id"), token }
}

async fn accept(api: &Api, token: &str) -> Answer {
    api.post("/invitations/accept", json!({"token": token})).await
}

async fn look(api: &Api, token: &str) -> Answer {
    api.post("/invitations/look", json!({"token": token})).await
}

fn address(name: &str) -> String {
    format!("{}-{}@example.org", name.to_lowercase(), Uuid::new_v4().simple())
}

fn registration(name: &str, token: &str) -> Value {
    json!({"email": address(name), "name": name, "password": PASSWORD, "cookie": false, "invitation": token})
}

async fn role(owner: &Api, project: Uuid, user: Uuid) -> Option<String> {
    let members = owner.get(&format!("/projects/{project}/members")).await.expect(200).body;
    let items = members["items"].as_array().expect("items").clone();
    let member = items.into_iter().find(|member| member["user"] == json!(user))?;
    member["role"].as_str().map(str::to_owned)
}

async fn members(owner: &Api, project: Uuid) -> usize {
    let members = owner.get(&format!("/projects/{project}/members")).await.expect(200).body;
    members["items"].as_array().expect("items").len()
}

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
async fn an_invitation_is_void_once_its_maker_owns_the_project_no_more() {
    let team = Team::start(1).await;
    team.owner()
        .patch(&team.path(&format!("/members/{}", team.editor.id)), json!({"role": "owner"}))
        .await
        .expect(200);
    let invited = invite(&team.editor(), team.project, json!({"role": "owner", "uses": 5})).await;
    look(&team.stranger(), &invited.token).await.expect(200);
    let holds = async || {
        let listed = team.owner().get(&team.path("/invitations")).await.expect(200).body;
        listed["items"][0]["holds"].clone()
    };
    assert_eq!(holds().await, json!(true));
    team.owner()
        .patch(&team.path(&format!("/members/{}", team.editor.id)), json!({"role": "editor"}))
        .await
        .expect(200);
    assert_eq!(holds().await, json!(false));
    let before = team.digest().await;
    look(&team.stranger(), &invited.token).await.expect_problem(410, "invitation_gone");
    accept(&team.stranger(), &invited.token).await.expect_problem(410, "invitation_gone");
    let anybody = team.cluster.instances[0].api();
    anybody
        .post("/auth/register", registration("Ina", &invited.token))
        .await
        .expect_problem(410, "invitation_gone");
    team.unchanged(&before).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_of_a_disabled_maker_lets_nobody_in() {
    let team = Team::start(1).await;
    let invited = invite(&team.owner(), team.project, json!({"role": "editor"})).await;
    assert!(team.cluster.run(&["user", "disable", &team.owner.email]).await.success);
    look(&team.stranger(), &invited.token).await.expect_problem(410, "invitation_gone");
    accept(&team.stranger(), &invited.token).await.expect_problem(410, "invitation_gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_projects_those_that_are_deleted_or_archived_are_left_out() {
    let team = Team::start(1).await;
    let (second, third) =
        (team.owner().create_project("Second").await, team.owner().create_project("Third").await);
    let wanted = json!({"role": "viewer", "projects": [second, third], "uses": 5});
    let invited = invite(&team.owner(), team.project, wanted).await;
    team.owner().delete(&team.path("")).await.expect(200);
    team.owner().patch(&format!("/projects/{third}"), json!({"archived": true})).await.expect(200);
    let seen = look(&team.stranger(), &invited.token).await.expect(200).body;
    assert_eq!(seen["projects"], json!([{"name": "Second"}]));
    let joined = accept(&team.stranger(), &invited.token).await.expect(200).body;
    assert_eq!(
        (&joined["projects"][0]["id"], joined["projects"].as_array().map(Vec::len)),
        (&json!(second), Some(1))
    );
    team.owner().delete(&format!("/projects/{second}")).await.expect(200);
    let late = team.cluster.user("Lara").await;
    look(&team.stranger(), &invited.token).await.expect_problem(410, "invitation_gone");
    accept(&team.cluster.api(0, &late), &invited.token).await.expect_problem(410, "invitation_gone");
    team.owner().patch(&format!("/projects/{third}"), json!({"archived": false})).await.expect(200);
    accept(&team.cluster.api(0, &late), &invited.token).await.expect(200);
    assert_eq!(members(&team.owner(), third).await, 2);
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

#[tokio::test(flavor = "multi_thread")]
async fn looking_at_an_invitation_changes_nothing() {
    let team = Team::start(1).await;
    let invited = invite(&team.owner(), team.project, json!({"role": "editor"})).await;
    let before = team.digest().await;
    let listed = team.owner().get(&team.path("/invitations")).await.expect(200).body;
    for _ in 0..15 {
        look(&team.cluster.instances[0].api(), &invited.token).await.expect(200);
        look(&team.stranger(), &invited.token).await.expect(200);
    }
    assert_eq!(team.owner().get(&team.path("/invitations")).await.expect(200).body, listed);
    assert_eq!(listed["items"][0]["uses"], json!(0));
    team.unchanged(&before).await;
    let sql = team.cluster.database.sql().await;
    let kept = sql.query("SELECT token_hash FROM invitations", &[]).await.expect("rows");
    let hash: Vec<u8> = kept[0].get(0);
    assert_eq!(hash.len(), 32, "only the hash is kept");
    assert!(!listed.to_string().contains(&invited.token));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_or_expired_invitation_lets_nobody_in() {
    let team = Team::start(1).await;
    let revoked = invite(&team.owner(), team.project, json!({"role": "editor"})).await;
    let expired = invite(&team.owner(), team.project, json!({"role": "editor", "expires_in_days": 30})).await;
    let path = team.path(&format!("/invitations/{}", revoked.id));
    team.editor().delete(&path).await.expect_problem(403, "forbidden");
    team.stranger().delete(&path).await.expect_problem(404, "not_found");
    let elsewhere = format!("/projects/{}/invitations/{}", team.foreign_project, revoked.id);
    team.stranger().delete(&elsewhere).await.expect_problem(404, "not_found");
    team.owner().delete(&path).await.expect(204);
    team.owner().delete(&path).await.expect_problem(404, "not_found");
    let sql = team.cluster.database.sql().await;
    let expire = "UPDATE invitations SET expires_at = now() - interval '1 second' WHERE id = $1";
    sql.execute(expire, &[&expired.id]).await.expect("an invitation that ended");
    let before = team.digest().await;
    for token in [&revoked.token, &expired.token] {
        look(&team.stranger(), token).await.expect_problem(410, "invitation_gone");
        accept(&team.stranger(), token).await.expect_problem(410, "invitation_gone");
        accept(&team.editor(), token).await.expect_problem(410, "invitation_gone");
    }
    team.unchanged(&before).await;
    assert_eq!(team.owner().get(&team.path("/invitations")).await.expect(200).body["items"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_of_an_address_is_for_nobody_else() {
    let team = Team::of(Cluster::builder().env("LOCKSTEP_SIGNUP", "invite")).await;
    let meant = address("Ina");
    let invited =
        invite(&team.owner(), team.project, json!({"role": "editor", "email": meant.to_uppercase()})).await;
    assert_eq!(look(&team.stranger(), &invited.token).await.expect(200).body["email"], json!(meant));
    accept(&team.stranger(), &invited.token).await.expect_problem(410, "invitation_gone");
    let anybody = team.cluster.instances[0].api();
    anybody
        .post("/auth/register", registration("Eve", &invited.token))
        .await
        .expect_problem(410, "invitation_gone");
    let mut right = registration("Ina", &invited.token);
    right["email"] = json!(meant);
    anybody.post("/auth/register", right).await.expect(201);
    let own =
        invite(&team.owner(), team.project, json!({"role": "editor", "email": team.stranger.email})).await;
    accept(&team.stranger(), &own.token).await.expect(200);
}

/// Row 56 of the bad inputs.
#[tokio::test(flavor = "multi_thread")]
async fn guessing_tokens_ends_soon_and_tells_nothing_about_addresses() {
    let team = Team::of(Cluster::builder().env("LOCKSTEP_SIGNUP", "invite")).await;
    let anybody = team.cluster.instances[0].api();
    let mut told = Vec::new();
    for email in [&team.editor.email, "nobody@example.org"] {
        let body = json!({"email": email, "name": "Eve", "password": PASSWORD, "invitation": "lsi_guess"});
        let mut refused =
            anybody.post("/auth/register", body).await.expect_problem(410, "invitation_gone").body;
        refused.as_object_mut().expect("a problem").remove("request_id");
        told.push(refused);
    }
    assert_eq!(told[0], told[1]);
    for token in
        ["", "x", "lsp_x", "lsi_", &format!("lsi_{}", "A".repeat(43)), &format!("lsi_{}", "B".repeat(43))]
    {
        look(&anybody, token).await.expect_problem(410, "invitation_gone");
    }
    for _ in 0..2 {
        accept(&team.stranger(), "lsi_guess").await.expect_problem(410, "invitation_gone");
    }
    let invited = invite(&team.owner(), team.project, json!({"role": "editor"})).await;
    look(&anybody, &invited.token).await.expect_problem(429, "too_many_attempts");
    accept(&team.stranger(), &invited.token).await.expect_problem(429, "too_many_attempts");
    let registering = anybody.post("/auth/register", registration("Eve", &invited.token)).await;
    registering.expect_problem(429, "too_many_attempts");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_owners_in_a_session_see_and_make_invitations() {
    let team = Team::start(1).await;
    let wanted = json!({"role": "viewer"});
    let path = team.path("/invitations");
    for (api, status, code) in [
        (team.editor(), 403, "forbidden"),
        (team.viewer(), 403, "forbidden"),
        (team.stranger(), 404, "not_found"),
        (team.cluster.instances[0].api(), 401, "unauthenticated"),
    ] {
        api.get(&path).await.expect_problem(status, code);
        api.post(&path, wanted.clone()).await.expect_problem(status, code);
    }
    let token = team.owner().post("/me/tokens", json!({"name": "x", "scope": "write"})).await.expect(201);
    let script = team.cluster.instances[0].api().with_token(token.body["secret"].as_str().expect("a secret"));
    script.post(&path, wanted.clone()).await.expect_problem(403, "session_required");
    script
        .post("/invitations/accept", json!({"token": "lsi_x"}))
        .await
        .expect_problem(403, "session_required");
    let mut foreign = wanted.clone();
    foreign["projects"] = json!([team.foreign_project]);
    team.owner().post(&path, foreign).await.expect_problem(422, "unknown_project");
    team.owner().patch(&team.path(""), json!({"archived": true})).await.expect(200);
    team.owner().post(&path, wanted).await.expect_problem(422, "project_archived");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_invitation_is_refused_with_a_pointer_for_each_field() {
    let team = Team::start(1).await;
    let bad = json!({
        "role": "admin", "email": "nobody", "projects": "all", "uses": 101, "expires_in_days": 31, "note": "x",
        "expires_at": "2020-01-01T00:00:00Z",
    });
    let refused =
        team.owner().post(&team.path("/invitations"), bad).await.expect_problem(422, "unknown_field");
    let errors = refused.body["errors"].as_array().expect("errors");
    let mut pointers: Vec<&str> = errors.iter().filter_map(|error| error["pointer"].as_str()).collect();
    pointers.sort_unstable();
    let all = ["/email", "/expires_at", "/expires_in_days", "/note", "/projects", "/role", "/uses"];
    assert_eq!(pointers, all);
    let several = json!({"role": "editor", "email": "ina@example.org", "uses": 2});
    team.owner().post(&team.path("/invitations"), several).await.expect_problem(422, "invalid_value");
    let both = json!({"role": "editor", "expires_at": "2020-01-01T00:00:00Z", "expires_in_days": 1});
    team.owner().post(&team.path("/invitations"), both).await.expect_problem(422, "invalid_value");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_has_at_most_a_hundred_open_invitations() {
    let team = Team::start(2).await;
    let other = team.owner().create_project("Other").await;
    let last = invite(&team.owner(), team.project, json!({"role": "viewer"})).await;
    for _ in 0..98 {
        invite(&team.owner(), team.project, json!({"role": "viewer"})).await;
    }
    let path = team.path("/invitations");
    let make = |n: usize| {
        let (api, path) = (team.cluster.api(n % 2, &team.owner), path.clone());
        async move { api.post(&path, json!({"role": "viewer"})).await.status }
    };
    let mut statuses = futures_util::future::join_all((0..4).map(make)).await;
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 422, 422, 422]);
    let there = json!({"role": "viewer", "projects": [team.project]});
    let refused = team.owner().post(&format!("/projects/{other}/invitations"), there).await;
    refused.expect_problem(422, "too_many_invitations");
    team.owner().delete(&format!("{path}/{}", last.id)).await.expect(204);
    invite(&team.owner(), team.project, json!({"role": "viewer"})).await;
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

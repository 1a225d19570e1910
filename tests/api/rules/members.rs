//! Roles, and that a project keeps an owner.

use reqwest::Method;
use serde_json::json;
use testkit::{Api, Uuid};

use crate::support::{SOON, Team};

fn member(team: &Team, id: Uuid) -> String {
    team.path(&format!("/members/{id}"))
}

/// Proves A5.
#[tokio::test(flavor = "multi_thread")]
async fn each_role_may_do_what_it_says() {
    let team = Team::start(1).await;
    team.viewer().get(&team.path("/snapshot")).await.expect(200);
    let comment = json!({"body": "Nice"});
    team.editor().post(&team.task_path("/comments"), comment.clone()).await.expect(201);
    team.editor().patch(&team.task_path(""), json!({"priority": "high"})).await.expect(200);
    let refused =
        team.viewer().post(&team.task_path("/comments"), comment).await.expect_problem(403, "forbidden");
    assert_eq!(refused.body["needs"], "editor");
    let refused =
        team.editor().patch(&team.path(""), json!({"name": "x"})).await.expect_problem(403, "forbidden");
    assert_eq!(refused.body["needs"], "owner");
    let promoted =
        team.owner().patch(&member(&team, team.editor.id), json!({"role": "owner"})).await.expect(200);
    assert_eq!(promoted.body["member"], json!({"user": team.editor.id, "role": "owner"}));
    team.editor().patch(&team.path(""), json!({"name": "Renamed"})).await.expect(200);
}

/// Proves A1.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_removed_sees_nothing_more_and_stays_in_what_was() {
    let team = Team::start(1).await;
    let assigned = json!({"assignees": [team.editor.id]});
    team.owner().patch(&team.task_path(""), assigned).await.expect(200);
    team.owner().remove_member(team.project, &team.editor).await;
    for path in ["", "/snapshot", "/events", "/digest", "/members", "/people", "/tasks/1"] {
        team.editor().get(&team.path(path)).await.expect_problem(404, "not_found");
    }
    assert_eq!(team.task().await["assignees"], json!([team.editor.id]));
    let people = team.owner().get(&team.path("/people")).await.expect(200);
    let left = people.body["items"]
        .as_array()
        .and_then(|items| items.iter().find(|p| p["id"] == json!(team.editor.id)));
    assert_eq!(left, Some(&json!({"id": team.editor.id, "name": "Edgar", "active": true, "member": false})));
    let unchanged = json!({"add": {"assignees": [team.editor.id]}});
    assert!(
        team.owner().patch(&team.task_path(""), unchanged).await.expect(200).events().is_empty(),
        "already assigned"
    );
    team.owner()
        .patch(&team.task_path(""), json!({"remove": {"assignees": [team.editor.id]}}))
        .await
        .expect(200);
    let again = json!({"add": {"assignees": [team.editor.id]}});
    team.owner().patch(&team.task_path(""), again).await.expect_problem(422, "unknown_assignee");
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_may_leave_but_the_last_owner() {
    let team = Team::start(1).await;
    team.viewer().delete(&member(&team, team.viewer.id)).await.expect(200);
    team.viewer().get(&team.path("")).await.expect_problem(404, "not_found");
    team.owner().delete(&member(&team, team.owner.id)).await.expect_problem(409, "last_owner");
    team.owner().patch(&member(&team, team.editor.id), json!({"role": "owner"})).await.expect(200);
    team.owner().delete(&member(&team, team.owner.id)).await.expect(200);
    team.editor().delete(&member(&team, team.editor.id)).await.expect_problem(409, "last_owner");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_is_added_once_and_has_an_account() {
    let team = Team::start(1).await;
    let api = team.owner();
    let add = |user: Uuid, role: &str| json!({"user": user, "role": role});
    let again = api.post(&team.path("/members"), add(team.editor.id, "editor")).await.expect(200);
    assert!(again.events().is_empty() && again.header("location").is_none());
    let other = api.post(&team.path("/members"), add(team.editor.id, "viewer")).await;
    assert_eq!(other.expect_problem(409, "already_member").body["role"], "editor");
    api.post(&team.path("/members"), add(Uuid::new_v4(), "viewer")).await.expect_problem(422, "unknown_user");
    api.patch(&member(&team, Uuid::new_v4()), json!({"role": "viewer"}))
        .await
        .expect_problem(404, "member_not_found");
    api.delete(&member(&team, Uuid::new_v4())).await.expect_problem(404, "member_not_found");
    api.meet(std::slice::from_ref(&team.stranger)).await;
    let added = api.post(&team.path("/members"), add(team.stranger.id, "viewer")).await.expect(201);
    assert_eq!(
        added.header("location"),
        Some(format!("/api/v1{}", member(&team, team.stranger.id)).as_str())
    );
    let list = api.get(&team.path("/members")).await.expect(200);
    assert_eq!(list.body["items"].as_array().map(Vec::len), Some(4));
}

/// An id that somebody knows from elsewhere tells them nothing, and gets nobody into a project.
#[tokio::test(flavor = "multi_thread")]
async fn only_a_colleague_is_added_and_anybody_else_is_as_unknown_as_nobody() {
    let team = Team::start(1).await;
    let before = team.digest().await;
    let add = async |user: Uuid| {
        let added = team.owner().post(&team.path("/members"), json!({"user": user, "role": "viewer"})).await;
        let mut refused = added.expect_problem(422, "unknown_user").body;
        let shown = [json!(user.to_string()), refused["request_id"].take()];
        refused.to_string().replace(shown[0].as_str().expect("an id"), "")
    };
    let nobody = add(Uuid::now_v7()).await;
    assert_eq!(add(team.stranger.id).await, nobody);
    // A project of others, and one that was deleted, make no colleagues.
    let theirs = team.editor().create_project("Theirs").await;
    team.editor().add_member(theirs, &team.stranger, "viewer").await;
    assert_eq!(add(team.stranger.id).await, nobody);
    let common = team.owner().create_project("Common").await;
    team.owner().add_member(common, &team.stranger, "viewer").await;
    team.owner().delete(&format!("/projects/{common}")).await.expect(200);
    assert_eq!(add(team.stranger.id).await, nobody);
    team.unchanged(&before).await;
    team.owner().post(&format!("/projects/{common}/restore"), json!({})).await.expect(200);
    let member = json!({"user": team.stranger.id, "role": "viewer"});
    team.owner().post(&team.path("/members"), member).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_removed_comes_back_by_undo_without_being_a_colleague() {
    let team = Team::start(1).await;
    let removed = team.owner().remove_member(team.project, &team.viewer).await;
    let member = json!({"user": team.viewer.id, "role": "viewer"});
    team.owner().post(&team.path("/members"), member).await.expect_problem(422, "unknown_user");
    let undo = json!([{"type": "event.undo", "version": removed}]);
    team.owner().commands(team.project, undo).await.expect(200);
    team.viewer().get(&team.path("")).await.expect(200);
}

/// Both owners ask at the same moment: their requests wait for the project together.
async fn at_once(team: &Team, one: (Api, Method, String), two: (Api, Method, String)) -> [u16; 2] {
    let lock = team.cluster.database.lock_project(team.project).await;
    let asked = [one, two].map(|(api, method, path)| {
        tokio::spawn(async move { api.send(method, &path, Some(json!({"role": "editor"}))).await })
    });
    testkit::eventually("both to wait", SOON, || async {
        team.cluster.database.waiting_for_locks().await == 2
    })
    .await;
    lock.release().await;
    let mut statuses = [0; 2];
    for (status, asked) in statuses.iter_mut().zip(asked) {
        let answer = asked.await.expect("an answer");
        assert!(
            answer.status == 200
                || ["last_owner", "forbidden", "not_found"]
                    .contains(&answer.body["code"].as_str().unwrap_or("")),
            "{answer}"
        );
        *status = answer.status;
    }
    statuses
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_owners_who_take_each_others_or_their_own_role_one_stays() {
    let team = Team::start(2).await;
    let (owner, other) = (team.cluster.api(0, &team.owner), team.cluster.api(1, &team.editor));
    let (of_owner, of_other) = (member(&team, team.owner.id), member(&team, team.editor.id));
    for (method, crossed) in
        [(Method::PATCH, true), (Method::PATCH, false), (Method::DELETE, true), (Method::DELETE, false)]
    {
        let sql = team.cluster.database.sql().await;
        let reset = "INSERT INTO members (project_id, user_id, role) SELECT $1, unnest($2::uuid[]), 'owner' \
                     ON CONFLICT (project_id, user_id) DO UPDATE SET role = 'owner'";
        sql.execute(reset, &[&team.project, &vec![team.owner.id, team.editor.id]]).await.expect("two owners");
        let (first, second) = if crossed { (&of_other, &of_owner) } else { (&of_owner, &of_other) };
        let statuses = at_once(
            &team,
            (owner.clone(), method.clone(), first.clone()),
            (other.clone(), method.clone(), second.clone()),
        )
        .await;
        assert_eq!(
            statuses.iter().filter(|status| **status == 200).count(),
            1,
            "{method} crossed: {crossed}: {statuses:?}"
        );
        let owners = "SELECT count(*) FROM members WHERE project_id = $1 AND role = 'owner'";
        let owners: i64 = sql.query_one(owners, &[&team.project]).await.expect("a count").get(0);
        assert_eq!(owners, 1, "{method} crossed: {crossed}");
    }
}

/// Proves A5.
#[tokio::test(flavor = "multi_thread")]
async fn a_removed_members_command_that_waited_for_the_lock_is_refused() {
    let team = Team::start(2).await;
    for _ in 0..3 {
        let lock = team.cluster.database.lock_project(team.project).await;
        let (remover, path) = (team.cluster.api(0, &team.owner), member(&team, team.editor.id));
        let removal = tokio::spawn(async move { remover.delete(&path).await });
        let waits = |count| {
            let team = &team;
            testkit::eventually("commands to wait", SOON, move || async move {
                team.cluster.database.waiting_for_locks().await == count
            })
        };
        waits(1).await;
        let (removed, path) = (team.cluster.api(1, &team.editor), team.path("/tasks"));
        let command = tokio::spawn(async move { removed.post(&path, json!({"title": "Too late"})).await });
        waits(2).await;
        lock.release().await;
        let version = removal.await.expect("an answer").expect(200).version();
        command.await.expect("an answer").expect_problem(404, "not_found");
        assert_eq!(team.digest().await.version, version);
        team.owner().add_member(team.project, &team.editor, "editor").await;
    }
}

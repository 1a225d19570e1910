//! What somebody changes about their own account: name, password, address, sessions.

use serde_json::{Value, json};
use testkit::Cluster;
use testkit::user::PASSWORD;

const NEW: &str = "another horse battery";

#[tokio::test(flavor = "multi_thread")]
async fn name_language_and_time_zone_change_and_nonsense_is_refused() {
    let cluster = Cluster::start(2).await;
    let ann = cluster.instances[0].api().register("Ann").await;
    let own = cluster.api(0, &ann);
    let change = json!({"name": " Ann Lee ", "locale": "pt-BR", "timezone": "europe/berlin"});
    let changed = own.patch("/me", change).await.expect(200);
    let again = cluster.api(1, &ann).get("/me").await.expect(200);
    assert_eq!(changed.body, again.body);
    let user = &again.body["user"];
    let shown = (&user["name"], &user["locale"], &user["timezone"], &user["email"]);
    assert_eq!(shown, (&json!("Ann Lee"), &json!("pt-BR"), &json!("Europe/Berlin"), &json!(ann.email)));
    let wrong =
        json!({"name": "a\u{7}b", "locale": "de_DE", "timezone": "Mars/Base", "email": "x@example.org"});
    let refused = own.patch("/me", wrong).await.expect_problem(422, "unknown_field");
    let errors = refused.body["errors"].as_array().expect("errors").len();
    assert_eq!(errors, 4, "{refused}");
    assert_eq!(own.get("/me").await.expect(200).body, again.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn preferences_are_merged_and_bounded() {
    let cluster = Cluster::start(2).await;
    let ann = cluster.instances[0].api().register("Ann").await;
    let own = cluster.api(0, &ann);
    let change = |patch: Value| own.patch("/me", json!({"preferences": patch}));
    change(json!({"theme": "dark", "board": {"columns": ["todo"], "wide": true}})).await.expect(200);
    change(json!({"theme": null, "board": {"wide": false}})).await.expect(200);
    let kept = json!({"board": {"columns": ["todo"], "wide": false}});
    let shown =
        async || cluster.api(1, &ann).get("/me").await.expect(200).body["user"]["preferences"].clone();
    assert_eq!(shown().await, kept);
    change(json!({"x": "\u{0}"})).await.expect_problem(422, "invalid_text");
    change(json!({"\u{0}": 1})).await.expect_problem(422, "invalid_text");
    change(json!("dark")).await.expect(422);
    assert_eq!(shown().await, kept);
    let nested = |times: usize| (0..times).fold(json!(1), |inner, _| json!({"a": inner}));
    change(nested(17)).await.expect_problem(422, "preferences_too_deep");
    change(nested(16)).await.expect(200);
    // What is kept counts, and not the patch alone.
    let rest = 16_384 - shown().await.to_string().len() - r#","x":"""#.len();
    change(json!({"x": "y".repeat(rest + 1)})).await.expect_problem(422, "preferences_too_large");
    change(json!({"x": "y".repeat(rest)})).await.expect(200);
    change(json!({"z": 1})).await.expect_problem(422, "preferences_too_large");
    change(json!({"x": null, "a": null, "z": 1})).await.expect(200);
    assert_eq!(shown().await, json!({"board": {"columns": ["todo"], "wide": false}, "z": 1}));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_account_administers_and_no_other() {
    let cluster = Cluster::start(1).await;
    let api = cluster.instances[0].api();
    let (first, second) = (api.register("Ann").await, api.register("Ben").await);
    let admin = async |user| cluster.api(0, user).get("/me").await.expect(200).body["user"]["admin"].clone();
    assert_eq!((admin(&first).await, admin(&second).await), (json!(true), json!(false)));
    assert!(cluster.run(&["user", "admin", &second.email]).await.success);
    assert!(cluster.run(&["user", "admin", &first.email, "--revoke"]).await.success);
    assert_eq!((admin(&first).await, admin(&second).await), (json!(false), json!(true)));
    cluster.api(0, &second).get("/admin/accounts").await.expect(200);
    cluster.api(0, &first).get("/admin/accounts").await.expect_problem(403, "admin_required");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_password_ends_the_other_sessions_and_tokens_only_if_asked() {
    let cluster = Cluster::start(2).await;
    let api = cluster.instances[0].api();
    let here = api.register("Ann").await;
    let there = api.login(&here).await;
    let own = cluster.api(0, &here);
    let token = own.post("/me/tokens", json!({"name": "script", "scope": "read"})).await.expect(201);
    let script = cluster.instances[1].api().with_token(token.body["secret"].as_str().expect("a secret"));
    let change = |current: &str, tokens: bool| {
        own.post("/me/password", json!({"current_password": current, "password": NEW, "end_tokens": tokens}))
    };
    change("a wrong password", false).await.expect_problem(403, "wrong_password");
    cluster.api(1, &there).get("/me").await.expect(200);
    change(PASSWORD, false).await.expect(204);
    cluster.api(1, &there).get("/me").await.expect_problem(401, "session_ended");
    cluster.api(1, &here).get("/me").await.expect(200);
    script.get("/me").await.expect(200);
    change(NEW, true).await.expect(204);
    script.get("/me").await.expect_problem(401, "invalid_token");
    let login = |password: &str| api.post("/auth/login", json!({"email": here.email, "password": password}));
    login(PASSWORD).await.expect_problem(401, "invalid_credentials");
    login(NEW).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_the_password_again_counts_as_failed_logins() {
    let cluster = Cluster::start(1).await;
    let ann = cluster.instances[0].api().register("Ann").await;
    let own = cluster.api(0, &ann);
    let wrong = json!({"current_password": "a wrong password", "password": NEW});
    let mut refused = Vec::new();
    for _ in 0..11 {
        refused.push(own.post("/me/password", wrong.clone()).await.status);
    }
    assert_eq!(refused, [[403; 10].as_slice(), &[429]].concat());
    let email = json!({"email": "new@example.org", "current_password": PASSWORD});
    own.post("/me/email", email).await.expect_problem(429, "too_many_attempts");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_changes_with_the_password_and_never_to_one_that_is_taken() {
    let cluster = Cluster::start(2).await;
    let api = cluster.instances[0].api();
    let (ann, ben) = (api.register("Ann").await, api.register("Ben").await);
    let own = cluster.api(1, &ann);
    let change = |email: &str, password: &str| {
        own.post("/me/email", json!({"email": email, "current_password": password}))
    };
    change("new@example.org", "a wrong password").await.expect_problem(403, "wrong_password");
    change(&ben.email, PASSWORD).await.expect_problem(409, "email_taken");
    change("New@Example.org", PASSWORD).await.expect(204);
    let login = |email: &str| api.post("/auth/login", json!({"email": email, "password": PASSWORD}));
    login("new@example.org").await.expect(200);
    login(&ann.email).await.expect_problem(401, "invalid_credentials");
    cluster.api(0, &ben).get("/me").await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn asking_which_addresses_are_taken_ends_soon() {
    let cluster = Cluster::start(1).await;
    let api = cluster.instances[0].api();
    let ann = api.register("Ann").await;
    let body = |email: &str| json!({"email": email, "name": "Eve", "password": PASSWORD, "cookie": false});
    for _ in 0..10 {
        api.post("/auth/register", body(&ann.email)).await.expect_problem(409, "email_taken");
    }
    api.post("/auth/register", body(&ann.email)).await.expect_problem(429, "too_many_attempts");
    api.post("/auth/register", body("fresh@example.org")).await.expect_problem(429, "too_many_attempts");
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_show_where_one_is_logged_in_and_end_one_by_one() {
    let cluster = Cluster::start(2).await;
    let api = cluster.instances[0].api().with_header("user-agent", "Firefox on a laptop");
    let here = api.register("Ann").await;
    let there = cluster.instances[0].api().with_header("user-agent", "phone").login(&here).await;
    let own = cluster.api(1, &here);
    let listed = own.get("/me/sessions").await.expect(200);
    let items = listed.body["items"].as_array().expect("items");
    let of = |id: testkit::Uuid| items.iter().find(|item| item["id"] == json!(id)).expect("the session");
    assert_eq!((items.len(), &of(here.session)["current"]), (2, &json!(true)));
    assert_eq!(
        (&of(here.session)["device"], &of(there.session)["device"]),
        (&json!("Firefox on a laptop"), &json!("phone"))
    );
    let ben = cluster.instances[0].api().register("Ben").await;
    let path = format!("/me/sessions/{}", there.session);
    cluster.api(0, &ben).delete(&path).await.expect_problem(404, "not_found");
    cluster.api(0, &there).get("/me").await.expect(200);
    own.delete(&path).await.expect(204);
    cluster.api(0, &there).get("/me").await.expect_problem(401, "session_ended");
    own.delete(&path).await.expect_problem(404, "not_found");
    let left: Vec<Value> =
        own.get("/me/sessions").await.expect(200).body["items"].as_array().expect("items").clone();
    assert_eq!(left.len(), 1);
}

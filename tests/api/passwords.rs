//! A password is the same however a keyboard sends it: RFC 8265 OpaqueString.

use serde_json::json;
use testkit::{Api, Cluster};

/// The bytes of [`DECOMPOSED`] as they are, by argon2id, as an account of an earlier version has them.
const OLD_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$dGVzdGtpdC1zYWx0LTAwMDI$N5J4TZTBIaCuTXFv56Ai+yoValzdi8dAiBeS+yyF+us";
const DECOMPOSED: &str = "u\u{308}ber correct horse";
const COMPOSED: &str = "über correct horse";

async fn register(api: &Api, email: &str, password: &str) -> testkit::Answer {
    let body = json!({"email": email, "name": "Ann", "password": password, "cookie": false});
    api.post("/auth/register", body).await
}

async fn login(api: &Api, email: &str, password: &str) -> testkit::Answer {
    api.post("/auth/login", json!({"email": email, "password": password, "cookie": false})).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_registered_composed_may_be_typed_decomposed_and_the_other_way_round() {
    let cluster = Cluster::start(1).await;
    let api = cluster.instances[0].api();
    let pairs = [
        (COMPOSED, DECOMPOSED),
        (DECOMPOSED, COMPOSED),
        ("two words here", "two\u{3000}words\u{a0}here"),
        (
            "한글 한글",
            "\u{1112}\u{1161}\u{11ab}\u{1100}\u{1173}\u{11af} \u{1112}\u{1161}\u{11ab}\u{1100}\u{1173}\u{11af}",
        ),
    ];
    for (place, (registered, typed)) in pairs.into_iter().enumerate() {
        let email = format!("ann{place}@example.org");
        register(&api, &email, registered).await.expect(201);
        login(&api, &email, typed).await.expect(200);
        login(&api, &email, registered).await.expect(200);
    }
    login(&api, "ann0@example.org", "uber correct horse").await.expect_problem(401, "invalid_credentials");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hash_of_the_bytes_as_sent_still_opens_the_account_and_is_replaced() {
    let cluster = Cluster::start(1).await;
    let (api, sql) = (cluster.instances[0].api(), cluster.database.sql().await);
    let (ann, ben) = (cluster.user("Ann").await, cluster.user("Ben").await);
    let old = "UPDATE users SET password_hash = $1, password_rule = 0 WHERE id = $2";
    sql.execute(old, &[&OLD_HASH, &ann.id]).await.expect("an old account");
    login(&api, &ann.email, COMPOSED).await.expect_problem(401, "invalid_credentials");
    login(&api, &ann.email, DECOMPOSED).await.expect(200);
    login(&api, &ann.email, COMPOSED).await.expect(200);
    login(&api, &ann.email, DECOMPOSED).await.expect(200);
    api.login(&ben).await;
    let rules = sql.query("SELECT password_rule FROM users", &[]).await.expect("rules");
    assert_eq!(rules.iter().map(|row| row.get::<_, i16>(0)).collect::<Vec<_>>(), [1, 1]);
    // An instance of the version before replaces the hash, not the rule.
    let older = "UPDATE users SET password_hash = $1 WHERE id = $2";
    sql.execute(older, &[&OLD_HASH, &ann.id]).await.expect("another hash");
    login(&api, &ann.email, DECOMPOSED).await.expect(200);
    login(&api, &ann.email, COMPOSED).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_password_may_have_is_refused_when_chosen_and_wrong_at_login() {
    let cluster = Cluster::start(1).await;
    let api = cluster.instances[0].api();
    let ann = api.register("Ann").await;
    for password in [
        "tab\tin a password",
        "zero\u{200b}width password",
        "unassigned \u{378} password",
        "\u{1112} lone letter",
    ] {
        register(&api, "ben@example.org", password).await.expect_problem(422, "invalid_value");
        login(&api, &ann.email, password).await.expect_problem(401, "invalid_credentials");
        let change = json!({"current_password": testkit::user::PASSWORD, "password": password});
        cluster.api(0, &ann).post("/me/password", change).await.expect_problem(422, "invalid_value");
    }
}

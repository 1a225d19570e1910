//! The page in the browser, as the server hands it out. What is in it, the tests in `web` prove; a program that was built
//! without it has one sentence in its place.

use reqwest::{Client, Method};
use serde_json::Value;
use testkit::{Cluster, Socket};

use crate::support::Got;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https:; font-src 'self'; \
connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; \
require-trusted-types-for 'script'";

/// Where the page's screens are.
const APP: &str = include_str!("../../web/src/app/app.tsx");

async fn asked(cluster: &Cluster, method: Method, path: &str, headers: &[(&str, &str)]) -> Got {
    let request = Client::new().request(method, format!("http://{}{path}", cluster.instances[0].authority()));
    Got::from(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))).await
}

async fn get(cluster: &Cluster, path: &str, accept: &str) -> Got {
    asked(cluster, Method::GET, path, &[("accept", accept)]).await
}

fn text(got: &Got) -> &str {
    got.body.as_str().unwrap_or_else(|| panic!("no text: {got:?}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_address_of_a_screen_has_the_page_under_its_policy() {
    let cluster = Cluster::start(1).await;
    let front = get(&cluster, "/", "text/html").await;
    let screens = APP.split("<Route path=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let screens: Vec<String> = screens
        .map(|path| path.replace(":project/*?", "0198/12").replace(":name", "SHOP-12"))
        .chain(["/p/0198/archive".to_owned()])
        .collect();
    assert!(screens.len() > 8 && screens.iter().all(|path| !path.contains(':')), "{screens:?}");
    for path in &screens {
        let got = get(&cluster, path, "text/html,application/xhtml+xml,*/*;q=0.8").await;
        assert_eq!((got.status, text(&got)), (200, text(&front)), "{path}");
        for (name, value) in [
            ("content-type", "text/html; charset=utf-8"),
            ("cache-control", "no-cache"),
            ("content-security-policy", POLICY),
            ("cross-origin-opener-policy", "same-origin"),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
        ] {
            assert_eq!(got.header(name), Some(value), "{name} of {path}");
        }
    }
    let built = text(&front).contains(r#"<div id="root">"#);
    assert!(built || std::env::var_os("CI").is_none(), "the program was built without its page");
    let linked = text(&front).split('"').filter_map(|part| part.strip_prefix("./"));
    for path in linked {
        assert_eq!(get(&cluster, &format!("/{path}"), "*/*").await.status, 200, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_is_asked_for_again_and_sent_only_when_it_is_another_one() {
    let cluster = Cluster::start(1).await;
    let front = get(&cluster, "/", "*/*").await;
    let tag = front.header("etag").expect("a tag");
    let again = asked(&cluster, Method::GET, "/inbox", &[("if-none-match", tag)]).await;
    assert_eq!((again.status, text(&again), again.header("etag")), (304, "", Some(tag)));
    let head = asked(&cluster, Method::HEAD, "/", &[]).await;
    let length = text(&front).len().to_string();
    assert_eq!((head.status, text(&head)), (200, ""));
    assert_eq!((head.header("etag"), head.header("content-length")), (Some(tag), Some(length.as_str())));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_neither_a_file_nor_a_screen_is_not_found() {
    let cluster = Cluster::start(1).await;
    for path in ["/api/v2/me", "/api/v1/nothing", "/docs/nothing", "/health", "/metrics", "/sw.js"] {
        let got = get(&cluster, path, "text/html").await;
        assert_eq!(got.wrong_as(404, "not_found"), None, "{path}");
    }
    let program = get(&cluster, "/p/0198", "application/json").await;
    assert_eq!(program.wrong_as(404, "not_found"), None);
    let posted = asked(&cluster, Method::POST, "/p/0198", &[]).await;
    assert_eq!(posted.wrong_as(404, "not_found"), None);
    let gone = get(&cluster, "/assets/gone-1a2b3c4d.js", "*/*").await;
    assert_eq!(gone.wrong_as(404, "not_found"), None);
    assert_eq!(gone.header("cache-control"), Some("no-store"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_and_every_socket_name_the_build() {
    let cluster = Cluster::start(1).await;
    let instance = get(&cluster, "/api/v1/instance", "*/*").await;
    let Value::String(build) = &instance.body["build"] else { panic!("{instance:?}") };
    for path in ["/", "/api/v1/instance", "/api/v1/me", "/health/live", "/assets/gone.js", "/openapi.json"] {
        assert_eq!(get(&cluster, path, "*/*").await.header("x-build"), Some(build.as_str()), "{path}");
    }
    let user = cluster.user("Olga").await;
    let socket = Socket::connect(&cluster.instances[0].ws(), &user.token).await.expect("connected");
    assert_eq!(socket.connected["data"]["build"], instance.body["build"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_shows_the_files_of_every_build_that_ran_in_the_last_week() {
    let mut cluster = Cluster::start(1).await;
    let sql = cluster.database.sql().await;
    let builds = "INSERT INTO page_files (path, media_type, tag, plain, gzip, had_at) VALUES \
        ('assets/other-1a2b.js', 'text/javascript', 'tag', 'plain', 'zipped', now() - interval '6 days'), \
        ('assets/older-3c4d.js', 'text/javascript', 'tag', 'plain', NULL, now() - interval '8 days')";
    sql.execute(builds, &[]).await.expect("files of other builds");
    cluster.instances[0].restart().await;

    let got = get(&cluster, "/assets/other-1a2b.js", "*/*").await;
    assert_eq!((got.status, text(&got)), (200, "plain"));
    for (name, value) in [
        ("content-type", "text/javascript"),
        ("cache-control", "public, max-age=31536000, immutable"),
        ("content-security-policy", POLICY),
        ("etag", "\"tag\""),
    ] {
        assert_eq!(got.header(name), Some(value), "{name}");
    }
    let zipped = asked(&cluster, Method::GET, "/assets/other-1a2b.js", &[("accept-encoding", "gzip")]).await;
    assert_eq!((text(&zipped), zipped.header("content-encoding")), ("zipped", Some("gzip")));
    let posted = asked(&cluster, Method::POST, "/assets/other-1a2b.js", &[]).await;
    assert_eq!(posted.wrong_as(404, "not_found"), None);
    let older = get(&cluster, "/assets/older-3c4d.js", "*/*").await;
    assert_eq!(older.wrong_as(404, "not_found"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_files_of_an_instance_are_there_for_the_others_before_it_answers() {
    let cluster = Cluster::start(1).await;
    let sql = cluster.database.sql().await;
    let front = get(&cluster, "/", "text/html").await;
    let linked: Vec<&str> = text(&front)
        .split('"')
        .filter_map(|part| part.strip_prefix("./"))
        .filter(|path| path.starts_with("assets/"))
        .collect();
    assert!(!linked.is_empty() || std::env::var_os("CI").is_none(), "the program was built without its page");
    for path in linked {
        let row = sql
            .query_one("SELECT plain, brotli FROM page_files WHERE path = $1", &[&path])
            .await
            .expect(path);
        let (plain, brotli): (Vec<u8>, Option<Vec<u8>>) = (row.get(0), row.get(1));
        assert_eq!(
            String::from_utf8(plain).expect("text"),
            text(&get(&cluster, &format!("/{path}"), "*/*").await)
        );
        assert!(brotli.is_some_and(|brotli| !brotli.is_empty()), "{path} is there compressed too");
    }
}

//! What people type is found, in any script: texts, questions that must find them, and questions that must not.

use serde_json::json;
use testkit::{Cluster, Database};

use super::{all, encoded, found, titles};
use crate::support::Team;

/// Titles, with what finds them and what does not.
const TITLES: &[(&str, &[&str], &[&str])] = &[
    ("Ticket ABC-2044", &["2044", "ABC 2044", "abc-20", "ticket abc-2044"], &["abc-2045"]),
    ("Release v3.1.4-beta", &["v3.1", "beta", "1.4-be"], &["v3.4"]),
    ("Invoice RE/2025/0815", &["0815", "2025/08", "re 0815"], &["re/0815"]),
    ("Add dark/light mode", &["light", "dark mode", "dark/li"], &["dark-mode"]),
    ("CI/CD", &["cd", "ci", "ci-cd"], &[]),
    ("room B-12", &["b-12", "room 12"], &["b12"]),
    ("due 2026-12-24", &["24 due", "2026-12", "12-24"], &["2026-24"]),
    ("read_only or write_once", &["only", "once", "write_o"], &["only_or_once"]),
    ("Cafe\u{301} opens", &["café", "CAFE opens"], &["cafés"]),
    ("Ångström", &["angstrom", "A\u{30a}ngstro\u{308}m", "ANGSTRÖM"], &[]),
    ("ΟΔΟΣ", &["οδος", "οδοσ"], &["δοσ"]),
    ("Größe", &["GRÖSSE", "grosse", "groß"], &[]),
    ("STRASSE", &["straße", "strasse"], &[]),
    ("Café Zürich résumé", &["zurich", "resume zurich", "ZÜRICH"], &[]),
    ("Łódź and Øresund", &["lodz", "oresund"], &[]),
    ("工作组备忘录需要更新", &["备忘录", "需要更新", "录"], &["备录"]),
    ("データをあげてください", &["あげて", "ください", "ﾃﾞｰﾀ"], &["あて"]),
    ("서울연구소", &["연구소", "서울"], &["서연"]),
    ("รายชื่อทีมงานใหม่", &["ทีมงาน", "รายชื่อ"], &["ชื่อใหม่"]),
    ("ລາຍຊື່ທີມງານ", &["ທີມງານ", "ລາຍ"], &[]),
    ("ЖЖ и Ёлка", &["жж", "елка"], &["лка"]),
    ("हिन्दी में", &["हिन्दी"], &["हिनदी"]),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_title_is_found_by_what_people_type_for_it() {
    let team = Team::start(1).await;
    let create = |(title, ..): &(&str, &[&str], &[&str])| json!({"type": "task.create", "title": title});
    team.editor().commands(team.project, TITLES.iter().map(create).collect()).await.expect(200);
    for (title, finding, missing) in TITLES {
        for question in *finding {
            let found = found(&team, question).await;
            assert!(
                found.iter().any(|found| found == title),
                "{question} should find {title}, not {found:?}"
            );
        }
        for question in *missing {
            let found = found(&team, question).await;
            assert!(!found.iter().any(|found| found == title), "{question} should not find {title}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_knows_no_letters_finds_them_all_the_same() {
    let database = Database::create_in_locale_c().await;
    let mut cluster = Cluster::start(1).await;
    cluster.instances[0].set("DATABASE_URL", database.url().as_str());
    cluster.instances[0].restart().await;
    cluster.database = database;
    let user = cluster.user("Olga").await;
    let api = cluster.api(0, &user);
    let project = api.create_project("Shop").await;
    for (title, question) in [
        ("ЖЖ", "жж"),
        ("ZÜRICH", "zürich"),
        ("Ärger\u{3000}ΟΔΟΣ", "οδος"),
        ("日本語\u{2003}Šok", "šok"),
        ("ÑANDÚ", "ñandú"),
    ] {
        api.create_task(project, title).await;
        let path = format!("/projects/{project}/tasks?q={}", encoded(question));
        assert_eq!(titles(&all(&api, &path, 50).await), [title], "{question}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn descriptions_and_comments_are_found_as_titles_are_and_as_long_as_they_are() {
    let team = Team::start(1).await;
    let long = format!("{} Ωmega/Größe 备忘录", "word ".repeat(20_000));
    let task = json!({"title": "Long", "description": long});
    team.editor().post(&team.path("/tasks"), task).await.expect(201);
    team.editor().post(&team.task_path("/comments"), json!({"body": "See CI/CD in Łódź."})).await.expect(201);
    for question in ["grosse", "ωmega", "忘录"] {
        assert_eq!(found(&team, question).await, ["Long"], "{question}");
    }
    for question in ["cd", "lodz", "ci/cd"] {
        assert_eq!(found(&team, question).await, ["Paint the door"], "{question}");
    }
    // All words in one task, wherever each stands.
    assert_eq!(found(&team, "lodz paint").await, ["Paint the door"]);
    assert_eq!(found(&team, "lodz long").await, [""; 0]);
    assert_eq!(found(&team, "paint -lodz").await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_is_found_by_its_name_before_all_others() {
    let team = Team::start(1).await;
    let api = team.editor();
    team.owner().patch(&team.path(""), json!({"key": "SHOP"})).await.expect(200);
    for number in 2..=13 {
        api.create_task(team.project, &format!("Task {number}")).await;
    }
    api.create_task(team.project, "12 of SHOP-12 for shop12").await;
    for question in ["SHOP-12", "shop12", "#12", "Shop-12"] {
        assert_eq!(found(&team, question).await.first().map(String::as_str), Some("Task 12"), "{question}");
    }
    assert!(found(&team, "12").await.contains(&"Task 12".to_owned()));
    assert_eq!(found(&team, "shop-12 task").await, ["Task 12"]);
    for name in ["SHOP-12", "shop-12", "12"] {
        let task = api.get(&team.path(&format!("/tasks/{name}"))).await.expect(200).body["task"].clone();
        assert_eq!(task["title"], "Task 12", "{name}");
    }
    for name in ["SHOP-99", "SHIP-12", "SHOP-", "-12", "SHOP-x", "SHOP-12-1"] {
        api.get(&team.path(&format!("/tasks/{name}"))).await.expect_problem(404, "not_found");
    }
    let everywhere = all(&team.viewer(), "/search?q=SHOP-12", 50).await;
    assert_eq!(titles(&everywhere)[0], "Task 12");
}

#[tokio::test(flavor = "multi_thread")]
async fn tasks_are_found_by_the_names_that_labels_options_and_people_have_now() {
    let team = Team::start(1).await;
    let api = team.owner();
    api.put(&team.path("/labels/nd"), json!({"name": "Needs design", "color": "#ff0000"})).await.expect(200);
    for (key, field) in [
        ("customer", json!({"name": "Customer", "type": "text"})),
        ("size", json!({"name": "Size", "type": "select", "options": [{"key": "xl", "name": "Very large"}]})),
        ("seats", json!({"name": "Seats", "type": "number"})),
    ] {
        api.put(&team.path(&format!("/fields/{key}")), field).await.expect(200);
    }
    let fields = json!({"customer": "Brightwater Ltd.", "size": "xl", "seats": 4711});
    let task = json!({"title": "Counter", "labels": ["nd"], "fields": fields, "assignees": [team.editor.id]});
    api.post(&team.path("/tasks"), task).await.expect(201);
    for question in ["design", "brightwater", "very large", "4711", "edgar", "nd", "edgar counter design"] {
        assert_eq!(found(&team, question).await, ["Counter"], "{question}");
    }
    let rows = "SELECT string_agg(xmin::text, ' ' ORDER BY id, kind) FROM words";
    let sql = team.cluster.database.sql().await;
    let before: String = sql.query_one(rows, &[]).await.expect("rows").get(0);
    api.put(&team.path("/labels/nd"), json!({"name": "To be drawn", "color": "#ff0000"})).await.expect(200);
    assert_eq!((found(&team, "drawn").await.len(), found(&team, "design").await.len()), (1, 0));
    let after: String = sql.query_one(rows, &[]).await.expect("rows").get(0);
    assert_eq!(before, after, "renaming a label writes no task's words");
    assert_eq!(found(&team, "counter -drawn").await, [""; 0], "a name can be unwanted too");
}

#[tokio::test(flavor = "multi_thread")]
async fn phrases_and_unwanted_words_are_asked_for_as_everywhere() {
    let team = Team::start(1).await;
    let titles = ["Red door, blue fence", "Blue door", "The door is red", "Reddish door"];
    let create = |title: &&str| json!({"type": "task.create", "title": title});
    team.editor().commands(team.project, titles.iter().map(create).collect()).await.expect(200);
    for (question, expected) in [
        ("\"red door\"", &["Red door, blue fence"][..]),
        ("\"door blue\"", &["Red door, blue fence"]),
        ("\"blue do", &["Blue door"]),
        ("“the door” -paint", &["The door is red"]),
        ("door -red -paint", &["Blue door", "Reddish door"]),
        ("door -\"red door\" red", &["Reddish door", "The door is red"]),
        ("-\"blue door\" blue", &["Red door, blue fence"]),
        ("\"is red\" door", &["The door is red"]),
    ] {
        let mut found = found(&team, question).await;
        found.sort();
        assert_eq!(found, expected, "{question}");
    }
}

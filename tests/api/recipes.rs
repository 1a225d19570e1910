//! The recipes of docs/API.md are run as they are printed there.

use std::path::Path;
use std::time::Duration;

use serde_json::json;
use testkit::Uuid;
use tokio::process::Command;

use crate::support::Team;

const DOCUMENT: &str = include_str!("../../docs/API.md");
/// The language of a recipe, the file it is put into, and what runs it.
const LANGUAGES: [(&str, &str, &[&str]); 4] = [
    ("sh", "recipe.sh", &["bash", "-eu"]),
    ("js", "recipe.mjs", &["node"]),
    ("python", "recipe.py", &["python3"]),
    ("go", "recipe.go", &["go", "run"]),
];
const PATIENCE: Duration = Duration::from_secs(120);

#[tokio::test(flavor = "multi_thread")]
async fn every_recipe_of_the_documentation_makes_one_task_and_reads_all() {
    let team = Team::start(1).await;
    let made =
        team.owner().post("/me/tokens", json!({"name": "recipes", "scope": "write"})).await.expect(201);
    let token = made.body["secret"].as_str().expect("a secret");
    let folder = std::env::temp_dir().join(format!("lockstep-recipes-{}", Uuid::now_v7()));
    std::fs::create_dir(&folder).expect("a folder");
    let mut ran = 0;
    for (language, file, program) in LANGUAGES {
        let recipe = recipe(language);
        let Some(printed) = run(&team, token, &folder.join(file), &recipe, program).await else { continue };
        assert!(
            printed.contains("Check the backup") && printed.contains("Paint the door"),
            "{language}: {printed}"
        );
        ran += 1;
    }
    std::fs::remove_dir_all(&folder).expect("the folder goes");
    let listed = team.owner().get(&team.path("/tasks")).await.expect(200);
    let count = listed.body["items"].as_array().expect("items").len();
    assert_eq!(count, 2, "all {ran} recipes have one key, so they make one task: {listed}");
}

fn recipe(language: &str) -> String {
    let recipes = DOCUMENT.split("\n## Recipes\n").nth(1).expect("the recipes");
    let begin = format!("\n```{language}\n");
    let block = recipes.split(&begin).nth(1).unwrap_or_else(|| panic!("there is no recipe in {language}"));
    block.split("\n```").next().expect("its end").to_owned()
}

/// What the recipe printed. `None`: the machine cannot run that language, which CI must.
async fn run(team: &Team, token: &str, file: &Path, recipe: &str, program: &[&str]) -> Option<String> {
    std::fs::write(file, recipe).expect("a file");
    let running = Command::new(program[0])
        .args(&program[1..])
        .arg(file)
        .current_dir(file.parent().expect("a folder"))
        .env("SERVER", team.cluster.instances[0].http())
        .env("TOKEN", token)
        .env("PROJECT", team.project.to_string())
        .kill_on_drop(true)
        .output();
    match tokio::time::timeout(PATIENCE, running).await.expect("a recipe ends") {
        Err(missing) if std::env::var_os("CI").is_none() => {
            eprintln!("SKIPPED: {} cannot be run here: {missing}", program[0]);
            None
        }
        Err(missing) => panic!("{} cannot be run: {missing}", program[0]),
        Ok(ended) => {
            let printed = String::from_utf8_lossy(&ended.stdout).into_owned();
            assert!(
                ended.status.success(),
                "{}: {printed}{}",
                program[0],
                String::from_utf8_lossy(&ended.stderr)
            );
            Some(printed)
        }
    }
}

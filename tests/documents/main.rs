//! What the documents name exists, the README lists every command, and tests name rules that exist.

mod files;
mod rules;

use domain::{command::Command, json::Fields};
use files::{all, any, ending};

const THINGS: [&str; 8] = ["project", "member", "label", "field", "task", "dependency", "comment", "event"];
const ENDINGS: [&str; 9] = ["rs", "md", "sql", "sh", "yaml", "toml", "cfg", "mjs", "svg"];
const FOLDERS: &str = "crates docs tests deploy k8s migrations domain store engine server testkit";

#[test]
fn whatever_the_documents_name_exists() {
    let (domain, cli) = (all("crates/domain/src"), all("crates/server/src/cli").to_lowercase());
    let settings = [".env.example", "deploy", "crates/testkit/src"].map(all).concat();
    let is_type = |word: &str| word.split_once('.').is_some_and(|(thing, _)| THINGS.contains(&thing));
    let mut wrong = Vec::new();
    for (document, text) in ending("md") {
        let mut must =
            |word: &str, exists: bool| wrong.extend((!exists).then(|| (document, word.to_owned())));
        for word in text.split(|c: char| c.is_whitespace() || "`()[]{}<>,;\"'|=#".contains(c)) {
            let word = word.trim_start_matches("../").trim_end_matches(['.', '/', ':', '*']);
            let (path, name) = word.split_once("::").unwrap_or((word, ""));
            let last = path.rsplit_once('.').map_or("", |(_, last)| last);
            if ENDINGS.contains(&last) || FOLDERS.split(' ').any(|top| path.starts_with(&format!("{top}/"))) {
                must(word, any(path, name));
            } else if word.starts_with("LOCKSTEP_") || word.ends_with("_URL") {
                must(word, settings.contains(word));
            }
        }
        for code in text.split(['`', '\n']) {
            match code.split_whitespace().collect::<Vec<_>>()[..] {
                ["make", target, ..] => must(code, all("Makefile").contains(&format!("\n{target}:"))),
                ["lockstep", command, ..] if !command.starts_with('-') => {
                    must(code, cli.contains(&format!("command::{command}")))
                }
                [word] if is_type(word) && !word.ends_with(".rs") => {
                    must(word, domain.contains(&format!("\"{word}\"")))
                }
                _ => {}
            }
        }
    }
    for kind in domain.split('"').filter(|word| is_type(word)) {
        let read = Fields::of(serde_json::json!({})).and_then(|none| Command::read_as(kind, none));
        let unknown = read.is_err_and(|invalid| invalid.errors[0].code == "unknown_command");
        assert!(unknown || all("README.md").contains(&format!("`{kind}`")), "README.md does not list {kind}");
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

//! The numbered rules, and the tests that prove them.

use crate::files::{all, ending};

const PROVES: &str = concat!("/// ", "Proves ");

#[test]
fn tests_name_rules_that_exist_and_the_document_lists_them() {
    let document = all("docs/PROTOCOL.md");
    let mut named = 0;
    for (path, text) in ending("rs") {
        for sentence in text.split(PROVES).skip(1) {
            let (rules, below) = sentence.split_once('.').expect("a sentence");
            let test = below.split_once("fn ").and_then(|(_, test)| test.split_once('(')).expect("a test").0;
            for rule in rules.split(", ") {
                assert!(document.contains(&format!("**{rule}.**")), "{path:?}: there is no rule {rule}");
                let row = document.lines().find(|line| line.starts_with(&format!("| {rule} |")));
                let listed = row.is_some_and(|row| row.contains(&format!("`{test}`")));
                assert!(listed, "docs/PROTOCOL.md does not list {test} beside {rule}");
                named += 1;
            }
        }
    }
    assert!(named > 100, "only {named} rules are named by tests: the others were not found");
}

//! What the page makes its types of: the document without words, examples and refusals, kept beside the page's code. `npm run
//! api` makes the types.

use super::tests::whole;
use serde::Serialize;
use serde_json::ser::{PrettyFormatter, Serializer};
use serde_json::{Map, Value, json};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/src/api/openapi.json");

fn stripped(value: &Value, of: &str) -> Value {
    let is_kept = |name: &str| match of {
        "properties" => true,
        "responses" => name < "400",
        _ => !["description", "summary", "example", "examples", "tags"].contains(&name),
    };
    match value {
        Value::Object(members) => {
            let kept = members.iter().filter(|(name, _)| is_kept(name));
            Value::Object(kept.map(|(name, member)| (name.clone(), stripped(member, name))).collect())
        }
        Value::Array(items) => items.iter().map(|item| stripped(item, "")).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

fn made() -> Value {
    let document = whole();
    let parts = ["openapi", "paths", "components"].map(|name| (name.to_owned(), document[name].clone()));
    let mut made: Map<String, Value> = parts.into_iter().collect();
    made.insert("info".to_owned(), json!({"title": document["info"]["title"], "version": "0"}));
    stripped(&Value::Object(made), "")
}

/// Indented by one space, because the file has twenty thousand lines.
fn written(document: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    let formatter = PrettyFormatter::with_indent(b" ");
    document.serialize(&mut Serializer::with_formatter(&mut bytes, formatter)).expect("JSON");
    bytes.push(b'\n');
    bytes
}

/// With `LOCKSTEP_TEST_WRITE_OPENAPI` set the file is written anew.
#[test]
fn the_page_has_its_types_from_the_document_as_it_is() {
    if std::env::var_os("LOCKSTEP_TEST_WRITE_OPENAPI").is_some() {
        std::fs::write(FILE, written(&made())).expect("the file is written");
    }
    let text = std::fs::read_to_string(FILE).expect("the document that the page keeps");
    let kept: Value = serde_json::from_str(&text).expect("JSON");
    assert!(made() == kept, "{FILE} is old: LOCKSTEP_TEST_WRITE_OPENAPI=1 writes it anew");
}

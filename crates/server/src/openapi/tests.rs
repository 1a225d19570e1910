use super::*;
use domain::command::Command;
use domain::json::{FieldProblem, Fields};
use std::collections::BTreeSet;

pub(super) fn whole() -> Value {
    let url = Url::parse("https://lockstep.example.org").expect("an address");
    document(&url, &[("", crate::routes::root_routes()), (crate::routes::BASE, crate::routes::api_routes())])
}

/// Every object of a JSON value, at any depth.
fn objects<'a>(value: &'a Value, found: &mut Vec<&'a Map<String, Value>>) {
    match value {
        Value::Object(members) => {
            found.push(members);
            members.values().for_each(|member| objects(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| objects(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn operations(document: &Value) -> Vec<(String, &Value)> {
    let paths = document["paths"].as_object().expect("paths");
    let mut all = Vec::new();
    for (path, item) in paths {
        for (method, operation) in item.as_object().expect("methods") {
            all.push((format!("{method} {path}"), operation));
        }
    }
    all
}

#[test]
fn every_reference_leads_somewhere() {
    let document = whole();
    let mut found = Vec::new();
    objects(&document, &mut found);
    let references = found.iter().filter_map(|object| object.get("$ref")?.as_str());
    for reference in references {
        let name = reference.strip_prefix("#/components/schemas/").expect("a schema");
        assert!(document["components"]["schemas"][name].is_object(), "{reference} leads nowhere");
    }
}

#[test]
fn every_operation_has_an_id_of_its_own_an_answer_that_went_well_and_examples() {
    let document = whole();
    let mut ids = BTreeSet::new();
    let operations = operations(&document);
    assert!(operations.len() > 25, "{}", operations.len());
    for (name, operation) in operations {
        assert!(ids.insert(operation["operationId"].to_string()), "{name}: {}", operation["operationId"]);
        let responses = operation["responses"].as_object().expect("responses");
        assert!(responses.keys().any(|status| status.as_str() < "400"), "{name} never goes well");
        let bodies = responses.values().chain([&operation["requestBody"]]);
        for content in bodies.filter_map(|body| body["content"].as_object()) {
            for (media_type, content) in content {
                assert!(!content["example"].is_null(), "{name} has no example of {media_type}");
            }
        }
    }
}

#[test]
fn every_example_of_a_command_is_one() {
    for command in commands::all() {
        let fields = Fields::of(command.example.clone()).expect("an object");
        let read = Command::read_as(command.kind, fields);
        assert!(read.is_ok(), "{}: {read:?}", command.kind);
    }
    let (_, example) = commands::create_project();
    domain::command::CreateProject::read(Fields::of(example).expect("an object")).expect("a project");
}

#[test]
fn every_documented_field_of_a_command_is_known_and_every_required_one_needed() {
    for command in commands::all() {
        let names = command.fields.keys().cloned();
        let nulls: Map<String, Value> = names.map(|name| (name, Value::Null)).collect();
        let refused = |value: Value| {
            let read = Command::read_as(command.kind, Fields::of(value).expect("an object"));
            read.map_or_else(|invalid| invalid.errors, |_| Vec::new())
        };
        let unknown: Vec<_> =
            refused(Value::Object(nulls)).into_iter().filter(FieldProblem::is_of_unknown_field).collect();
        assert!(unknown.is_empty(), "{}: {unknown:?}", command.kind);
        let told: BTreeSet<String> = refused(json!({})).into_iter().map(|error| error.pointer).collect();
        let needed: BTreeSet<String> = command.required.iter().map(|name| format!("/{name}")).collect();
        assert_eq!(told, needed, "{}", command.kind);
    }
}

#[test]
fn every_example_of_an_answer_is_what_the_domain_writes() {
    let read = |name: &str, member: &str| examples::find(name)[member].clone();
    serde_json::from_value::<domain::task::Task>(read("task", "task")).expect("a task");
    serde_json::from_value::<domain::project::Project>(read("project", "project")).expect("a project");
    serde_json::from_value::<domain::comment::Comment>(read("comment", "comment")).expect("a comment");
    serde_json::from_value::<domain::snapshot::Snapshot>(examples::find("snapshot")).expect("a snapshot");
    for name in ["task", "project", "comment", "member", "events"] {
        serde_json::from_value::<Vec<domain::event::Event>>(read(name, "events")).expect("events");
    }
}

#[test]
fn the_types_of_events_are_named_as_in_the_table() {
    let document = whole();
    let variants =
        document["components"]["schemas"]["EventBody"]["oneOf"].as_array().expect("a schema for each type");
    let named: Vec<&Value> = variants.iter().map(|variant| &variant["properties"]["type"]["enum"]).collect();
    let kinds: Vec<Value> =
        domain::event::EventBody::KINDS.iter().map(|kind| serde_json::json!([kind])).collect();
    assert_eq!(named, kinds.iter().collect::<Vec<_>>());
}

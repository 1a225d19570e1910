//! The `query` of a saved filter: what the list of tasks would take as parameters, as JSON.

use crate::api::page::MOST_VALUES;
use crate::api::task_filter::{self, parameters};
use crate::openapi::closed;
use domain::json::{FieldProblem, Fields, Invalid, Refused};
use serde_json::{Map, Value, json};

/// Largest query, in bytes of JSON.
pub const QUERY_BYTES: usize = 8 * 1024;

/// What the document says of it.
pub fn schema() -> Value {
    let parameters = parameters().into_iter().map(|parameter| (parameter.name.to_owned(), parameter.schema));
    let mut schema = closed(&[], Value::Object(parameters.collect()));
    schema["patternProperties"] = task_filter::fields_schema()["patternProperties"].clone();
    schema
}

/// Reads a query, whose values are those that the list takes.
///
/// # Errors
/// Everything that is wrong with it, with pointers.
pub fn read(value: Value, pointer: &str) -> Result<Map<String, Value>, Invalid> {
    let mut fields = Fields::at(value.clone(), pointer)?;
    let of_fields =
        value.as_object().into_iter().flat_map(Map::keys).filter(|name| task_filter::is_of_field(name));
    let of_fields =
        of_fields.map(|name| (name.clone(), json!({"type": "array", "items": {"type": "string"}})));
    let own = parameters().into_iter().map(|parameter| (parameter.name.to_owned(), parameter.schema));
    for (name, schema) in own.chain(of_fields) {
        fields.nested(&name, |value, pointer| {
            let elements = match is_list(&schema) {
                true => elements(value, pointer)?,
                false => vec![(pointer.to_owned(), value)],
            };
            let refused = elements.into_iter().filter_map(|(pointer, value)| {
                let Refused { code, detail } = accepted(&name, &schema, value).err()?;
                Some(FieldProblem { pointer, code, detail })
            });
            let errors: Vec<FieldProblem> = refused.collect();
            if errors.is_empty() { Ok(()) } else { Err(Invalid { errors }) }
        });
    }
    fields.finish()?;
    let refuse = |refused: Refused| {
        let pointer = pointer.to_owned();
        Invalid { errors: vec![FieldProblem { pointer, code: refused.code, detail: refused.detail }] }
    };
    let Value::Object(query) = value else { return Err(refuse(Refused::not_a("an object"))) };
    match serde_json::to_string(&query).is_ok_and(|text| text.len() <= QUERY_BYTES) {
        true => Ok(query),
        false => Err(refuse(Refused {
            code: "invalid_length",
            detail: format!("must have at most {QUERY_BYTES} bytes as JSON"),
        })),
    }
}

fn is_list(schema: &Value) -> bool {
    schema["type"] == "array"
}

/// The elements of a list with their pointers.
fn elements(value: Value, pointer: &str) -> Result<Vec<(String, Value)>, Invalid> {
    let refuse = |Refused { code, detail }| {
        Err(Invalid { errors: vec![FieldProblem { pointer: pointer.to_owned(), code, detail }] })
    };
    let Value::Array(items) = value else { return refuse(Refused::not_a("a list")) };
    if items.len() > MOST_VALUES {
        return refuse(Refused::invalid(format!("must have at most {} items", MOST_VALUES)));
    }
    let place = |(index, item)| (format!("{pointer}/{index}"), item);
    Ok(items.into_iter().enumerate().map(place).collect())
}

/// Sees whether the list of tasks takes this value, which has the type that the schema says.
fn accepted(name: &str, schema: &Value, value: Value) -> Result<(), Refused> {
    let one = if is_list(schema) { &schema["items"] } else { schema };
    let text = match (one["type"].as_str(), value) {
        (Some("integer"), Value::Number(number)) => number.to_string(),
        (Some("integer"), _) => return Err(Refused::not_a("an integer")),
        (Some("boolean"), Value::Bool(flag)) => flag.to_string(),
        (Some("boolean"), _) => return Err(Refused::not_a("true or false")),
        (_, Value::String(text)) => text,
        _ => return Err(Refused::not_a("a string")),
    };
    task_filter::accepts(name, text)
}

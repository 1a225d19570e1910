//! What a list asks of custom fields. A request says it in texts, and the field's type says what they mean.

use super::names::{Named, all_there};
use crate::error::ReadError;
use domain::UserId;
use domain::field::{Field, FieldType};
use domain::project::Project;
use domain::time;
use serde_json::{Value, json};
use store::lists::{Chosen, FieldFilter};

/// What is asked of one field.
#[derive(Debug, Clone)]
pub struct AskedField {
    /// Its key.
    pub key: String,
    /// The values as texts. `None` asks for tasks that have no value.
    pub texts: Chosen<String>,
}

/// The parameters of a field, by what stands before its key.
pub const ANY: &str = "field.";
/// The task has all of these values.
pub const ALL: &str = "field_all.";
/// The task has none of these values.
pub const NOT: &str = "field_not.";

/// The key of the field that a parameter asks for.
pub fn key(parameter: &str) -> Option<&str> {
    [ANY, ALL, NOT].into_iter().find_map(|before| parameter.strip_prefix(before))
}

/// What is asked, by the types of the project's fields; and the people among it, who are still to be looked for.
///
/// # Errors
/// [`ReadError::UnknownValue`] for a field or an option that the project does not have, [`ReadError::Unreadable`] for a text
/// that is no value of the field's type.
pub fn read(
    project: &Project,
    me: UserId,
    asked: &[AskedField],
) -> Result<(Vec<FieldFilter>, Vec<Named>), ReadError> {
    let (mut filters, mut named) = (Vec::new(), Vec::new());
    for AskedField { key, texts } in asked {
        let field = project.field(key).ok_or_else(|| unknown(project, key, texts))?;
        let parameters =
            [(ANY, &texts.any), (ALL, &texts.all.iter().cloned().map(Some).collect()), (NOT, &texts.not)];
        let mut read = parameters.into_iter().map(|(before, texts)| {
            let parameter = format!("{before}{key}");
            let values = values(field, me, &parameter, texts)?;
            if field.kind == FieldType::Person {
                let people =
                    values.iter().map(|value| value.as_ref().and_then(Value::as_str).and_then(UserId::parse));
                named.push(Named { parameter, people: people.collect(), words: words(before, field) });
            }
            Ok::<_, ReadError>(
                values.into_iter().map(|value| value.map(|value| within(field, value))).collect(),
            )
        });
        let mut next = || read.next().unwrap_or_else(|| Ok(Vec::new()));
        let (any, all, not): (Vec<_>, Vec<_>, Vec<_>) = (next()?, next()?, next()?);
        let chosen = Chosen { any, all: all.into_iter().flatten().collect(), not };
        filters.push(FieldFilter { key: key.clone(), chosen });
    }
    Ok((filters, named))
}

/// The words that a parameter of this field takes beside values.
fn words(before: &str, field: &Field) -> Vec<&'static str> {
    let none = (before != ALL).then_some("none");
    let me = (field.kind == FieldType::Person).then_some("me");
    me.into_iter().chain(none).collect()
}

fn unknown(project: &Project, key: &str, texts: &Chosen<String>) -> ReadError {
    let asked = [(ANY, texts.any.is_empty()), (ALL, texts.all.is_empty()), (NOT, texts.not.is_empty())];
    let asked = asked.into_iter().filter(|(_, is_empty)| !is_empty);
    let keys = project.fields.iter().map(|field| field.key.as_str().to_owned());
    ReadError::unknown_value(asked.map(|(before, _)| format!("/{before}{key}")).collect(), keys.collect())
}

/// The values of one parameter.
fn values(
    field: &Field,
    me: UserId,
    parameter: &str,
    texts: &[Option<String>],
) -> Result<Vec<Option<Value>>, ReadError> {
    let is_all = parameter.starts_with(ALL);
    if field.kind.has_options() {
        let options: Vec<&str> = field.options.iter().flatten().map(|option| option.key.as_str()).collect();
        let words: &[&str] = if is_all { &[] } else { &["none"] };
        all_there(parameter, texts.iter().map(Option::as_deref), &options, words)?;
    }
    let value = |text: &Option<String>| {
        let Some(text) = text else { return Ok(None) };
        let read = value(field.kind, me, text).map_err(|allowed| {
            let or_none = if is_all { "" } else { "none or " };
            ReadError::Unreadable { parameter: parameter.to_owned(), allowed: format!("{or_none}{allowed}") }
        });
        read.map(Some)
    };
    texts.iter().map(value).collect()
}

/// A value of a field, or what it would have to be.
fn value(kind: FieldType, me: UserId, text: &str) -> Result<Value, &'static str> {
    match kind {
        FieldType::Text | FieldType::Url | FieldType::Select | FieldType::MultiSelect => Ok(json!(text)),
        FieldType::Person if text == "me" => Ok(json!(me)),
        FieldType::Person => UserId::parse(text).map(|user| json!(user)).ok_or("me or a person's id"),
        FieldType::Date => time::date(json!(text)).map(|date| json!(date)).map_err(|_| "a date, YYYY-MM-DD"),
        FieldType::Checkbox => text.parse().map(Value::Bool).map_err(|_| "true or false"),
        FieldType::Number => text.parse().map(Value::Number).map_err(|_| "a number"),
    }
}

/// As a task's fields have it.
fn within(field: &Field, value: Value) -> Value {
    let value = if field.kind == FieldType::MultiSelect { json!([value]) } else { value };
    json!({field.key.as_str(): value})
}

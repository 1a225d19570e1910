//! Which values a task may have in a custom field.

use crate::facts::Facts;
use crate::field::{Field, FieldType};
use crate::ids::UserId;
use crate::json::{Refused, boolean, string};
use crate::text::Key;
use crate::time;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Longest `url`, in characters.
const URL_CHARACTERS: usize = 2_048;

/// A value that a task gets in `field`, as it is kept.
///
/// # Errors
/// When the field's type does not have it, or the person is no member.
pub(crate) fn checked(field: &Field, value: Value, facts: &Facts) -> Result<Value, Refused> {
    match field.kind {
        FieldType::Text => text(value),
        FieldType::Number if value.is_number() => Ok(value),
        FieldType::Number => Err(Refused::not_a("a number")),
        FieldType::Date => time::date(value).map(|date| json!(date)),
        FieldType::Select => option(field, value).map(|key| json!(key)),
        FieldType::MultiSelect => several(field, value),
        FieldType::Person => person(value, facts),
        FieldType::Url => url(value),
        FieldType::Checkbox => boolean(value).map(Value::Bool),
    }
}

fn option(field: &Field, value: Value) -> Result<Key, Refused> {
    let key = Key::read(value)?;
    let options = field.options.as_deref().unwrap_or_default();
    if options.iter().any(|option| option.key == key) {
        return Ok(key);
    }
    let known: Vec<&str> = options.iter().map(|option| option.key.as_str()).collect();
    Err(Refused::invalid(format!("must be one of {}", known.join(", "))))
}

fn several(field: &Field, value: Value) -> Result<Value, Refused> {
    let Value::Array(items) = value else { return Err(Refused::not_a("a list of options")) };
    let keys: Vec<Key> = items.into_iter().map(|item| option(field, item)).collect::<Result<_, _>>()?;
    let different: BTreeSet<&Key> = keys.iter().collect();
    match different.len() < keys.len() {
        true => Err(Refused::invalid("must not have an option twice")),
        false => Ok(json!(keys)),
    }
}

fn text(value: Value) -> Result<Value, Refused> {
    let text = string(value)?;
    match text.contains('\0') {
        true => Err(Refused { code: "invalid_text", detail: "must not contain U+0000".to_owned() }),
        false => Ok(Value::String(text)),
    }
}

fn person(value: Value, facts: &Facts) -> Result<Value, Refused> {
    let user = UserId::read(value)?;
    match facts.role(user) {
        Some(_) => Ok(json!(user)),
        None => Err(Refused { code: "unknown_user", detail: "must be a member of the project".to_owned() }),
    }
}

/// Only what a browser opens as a page: no script hides in an address.
fn url(value: Value) -> Result<Value, Refused> {
    let text = string(value)?;
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or_default();
    let plain = !text.chars().any(|c| c.is_whitespace() || c.is_control());
    match plain && !rest.is_empty() && text.chars().count() <= URL_CHARACTERS {
        true => Ok(Value::String(text)),
        false => Err(Refused::invalid(format!(
            "must be an http or https address of at most {URL_CHARACTERS} characters"
        ))),
    }
}

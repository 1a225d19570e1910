//! Custom fields that a project defines, and which values a task may have in them.

use crate::facts::Facts;
use crate::ids::UserId;
use crate::json::{Fields, Invalid, Refused, string};
use crate::text::{Key, Name};
use crate::time;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Most fields of a project, archived ones too: each command reads them all.
pub const MOST_FIELDS: usize = 50;
/// Most options of a field.
pub const MOST_OPTIONS: usize = 50;
/// Longest `url`, in characters.
const URL_CHARACTERS: usize = 2_048;

/// What the values of a field are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FieldType {
    /// A string.
    Text,
    Number,
    /// `YYYY-MM-DD`
    Date,
    /// The key of one option.
    Select,
    /// A list of different keys of options.
    MultiSelect,
    /// The id of a member.
    Person,
    /// An http or https address.
    Url,
    /// `true` or `false`
    Checkbox,
}

/// One of the values of a `select` or `multi_select`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FieldOption {
    pub key: Key,
    pub name: Name,
}

/// A field as the project shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Field {
    pub key: Key,
    pub name: Name,
    #[serde(rename = "type")]
    pub kind: FieldType,
    /// Of `select` and `multi_select`; `null` for the others.
    pub options: Option<Vec<FieldOption>>,
    /// Tasks keep their values in an archived field and get no new ones.
    pub archived: bool,
}

impl FieldType {
    /// Reads one from JSON.
    ///
    /// # Errors
    /// When the value names no type.
    pub fn read(value: Value) -> Result<FieldType, Refused> {
        serde_json::from_value(value).map_err(|_| {
            Refused::invalid("must be text, number, date, select, multi_select, person, url or checkbox")
        })
    }

    pub fn has_options(self) -> bool {
        matches!(self, FieldType::Select | FieldType::MultiSelect)
    }
}

/// Reads the options of a field.
///
/// # Errors
/// When there are none or too many, or two have one key.
pub fn read_options(value: Value) -> Result<Option<Vec<FieldOption>>, Refused> {
    let items = match value {
        Value::Null => return Ok(None),
        Value::Array(items) => items,
        _ => return Err(Refused::not_a("a list of options")),
    };
    let options: Vec<FieldOption> = items.into_iter().map(read_option).collect::<Result<_, _>>()?;
    if !(1..=MOST_OPTIONS).contains(&options.len()) {
        return Err(Refused::invalid(format!("must have 1 to {MOST_OPTIONS} options")));
    }
    let keys: BTreeSet<&Key> = options.iter().map(|option| &option.key).collect();
    match keys.len() < options.len() {
        true => Err(Refused::invalid("no two options may have the same key")),
        false => Ok(Some(options)),
    }
}

fn read_option(value: Value) -> Result<FieldOption, Refused> {
    let read = || -> Result<FieldOption, Invalid> {
        let mut fields = Fields::of(value)?;
        let key = fields.required("key", Key::read);
        let name = fields.required("name", Name::read);
        fields.finish()?;
        Ok(FieldOption { key: key.expect("required"), name: name.expect("required") })
    };
    read().map_err(|invalid| {
        let first = &invalid.errors[0];
        Refused { code: first.code, detail: format!("option{}: {}", first.pointer, first.detail) }
    })
}

impl Field {
    /// A value that a task gets in this field, as it is kept.
    ///
    /// # Errors
    /// When the field's type does not have it, or the person is no member.
    pub fn value(&self, value: Value, facts: &Facts) -> Result<Value, Refused> {
        match self.kind {
            FieldType::Text => text(value),
            FieldType::Number if value.is_number() => Ok(value),
            FieldType::Number => Err(Refused::not_a("a number")),
            FieldType::Date => time::date(value).map(|date| json!(date)),
            FieldType::Select => self.option(value).map(|key| json!(key)),
            FieldType::MultiSelect => self.several(value),
            FieldType::Person => person(value, facts),
            FieldType::Url => url(value),
            FieldType::Checkbox => crate::json::boolean(value).map(Value::Bool),
        }
    }

    fn option(&self, value: Value) -> Result<Key, Refused> {
        let key = Key::read(value)?;
        let options = self.options.as_deref().unwrap_or_default();
        if options.iter().any(|option| option.key == key) {
            return Ok(key);
        }
        let known: Vec<&str> = options.iter().map(|option| option.key.as_str()).collect();
        Err(Refused::invalid(format!("must be one of {}", known.join(", "))))
    }

    fn several(&self, value: Value) -> Result<Value, Refused> {
        let Value::Array(items) = value else { return Err(Refused::not_a("a list of options")) };
        let keys: Vec<Key> = items.into_iter().map(|item| self.option(item)).collect::<Result<_, _>>()?;
        let different: BTreeSet<&Key> = keys.iter().collect();
        match different.len() < keys.len() {
            true => Err(Refused::invalid("must not have an option twice")),
            false => Ok(json!(keys)),
        }
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

//! Custom fields that a project defines.

pub mod define;
pub(crate) mod value;

use crate::json::{Fields, Invalid, Refused};
use crate::text::{Key, Name};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;

/// Most fields of a project, archived ones too: each command reads them all.
pub const MOST_FIELDS: usize = 50;
/// Most options of a field.
pub const MOST_OPTIONS: usize = 50;

/// What the values of a field are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FieldType {
    /// A string.
    Text,
    /// A JSON number.
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
    /// What tasks keep.
    pub key: Key,
    /// What people read.
    pub name: Name,
}

/// A field as the project shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Field {
    /// Never changes.
    pub key: Key,
    /// May change.
    pub name: Name,
    /// What its values are; never changes.
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

    /// Whether its values are chosen from a list.
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

//! The parameters that choose and order tasks: those of lists, and of saved filters.

use crate::api::page::{self, Query, invalid};
use crate::error::ApiError;
use crate::openapi::named;
use domain::json::Refused;
use domain::task::Priority;
use domain::text::Key as Name;
use domain::time::{self, Moment};
use domain::{TaskId, UserId};
use engine::lists::{ALL, ANY, AskedField, Chosen, Filter, NOT, Order, Place};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Longest text that is searched for, in characters.
pub const LONGEST_SEARCH: usize = 500;

/// A parameter that chooses or orders tasks.
pub struct Parameter {
    pub name: &'static str,
    /// Of an array: it may stand several times.
    pub schema: Value,
    pub description: &'static str,
}

/// Everything that chooses or orders tasks; saved filters have the same.
pub fn parameters() -> Vec<Parameter> {
    let text = json!({"type": "string"});
    let many = |items: Value| json!({"type": "array", "items": items, "maxItems": page::MOST_VALUES});
    let id_or =
        |words: &[&str]| many(json!({"anyOf": [{"type": "string", "format": "uuid"}, {"enum": words}]}));
    let date = || json!({"type": "string", "format": "date"});
    let flag = || json!({"type": "boolean"});
    let orders: Vec<String> =
        ORDERS.iter().flat_map(|(name, _)| [(*name).to_owned(), format!("-{name}")]).collect();
    [
        ("status", many(named("Key")), "In one of these statuses."),
        ("assignee", id_or(&["me", "none"]), "Assigned to one of these people; `none`: to nobody."),
        ("assignee_all", id_or(&["me"]), "Assigned to all of these people."),
        ("assignee_not", id_or(&["me", "none"]), "Assigned to none of these people; `none`: to somebody."),
        ("label", many(named("Key")), "With one of these labels; `none`: without labels."),
        ("label_all", many(named("Key")), "With all of these labels."),
        ("label_not", many(named("Key")), "With none of these labels; `none`: with some label."),
        ("priority", many(named("Priority")), "Of one of these priorities."),
        ("parent", id_or(&["none"]), "Directly below one of these tasks."),
        ("created_by", id_or(&["me"]), "Made by one of these people."),
        ("number", many(json!({"type": "integer", "minimum": 1})), "With one of these numbers."),
        ("due_from", date(), "Due on this day or later."),
        ("due_before", date(), "Due before this day."),
        ("updated_since", json!({"type": "string", "format": "date-time"}), "Changed at this time or later; in the archive and the bin, also: came there then or later."),
        ("blocked", flag(), "Whether a task it waits for is open."),
        ("ready", flag(), "Whether it is not begun and waits for nothing."),
        ("watching", json!({"type": "boolean", "default": false}), "Only those that one follows."),
        ("deleted", json!({"type": "boolean", "default": false}), "Those in the bin instead."),
        (
            "archived",
            json!({"type": "boolean", "default": false}),
            "Those in the archive instead; not with `deleted`.",
        ),
        (
            "q",
            text,
            "Words of a task, the last one also by its beginning; `\"two words\"` as they stand, `-word` not.",
        ),
        ("sort", json!({"enum": orders}), "`rank` by default; with `q` the best first."),
    ]
    .map(|(name, schema, description)| Parameter { name, schema, description })
    .into()
}

/// Sees whether the list takes this value of a parameter.
///
/// # Errors
/// When it does not.
pub fn accepts(name: &str, value: String) -> Result<(), Refused> {
    let mut query = Query::only(name, value);
    let nobody = UserId(Uuid::nil());
    let read =
        filter(&mut query, nobody).and_then(|_| search_text(&mut query)).and_then(|_| sort(&mut query));
    let read = read.and_then(|_| fields(&mut query));
    read.map(drop).map_err(|error| Refused::invalid(error.detail()))
}

const ORDERS: [(&str, Order); 5] = [
    ("updated_at", Order::Updated),
    ("due_on", Order::Due),
    ("priority", Order::Priority),
    ("rank", Order::Rank),
    ("number", Order::Number),
];

/// What is asked of custom fields, whose keys stand in the names of parameters.
pub fn fields(query: &mut Query) -> Result<Vec<AskedField>, ApiError> {
    let mut fields: BTreeMap<String, Chosen<String>> = BTreeMap::new();
    for before in [ANY, ALL, NOT] {
        for key in query.beginning(before) {
            let parameter = format!("{before}{key}");
            if Name::new(&key).is_err() {
                return Err(invalid(&parameter, "is no parameter here"));
            }
            let text = |text: &str| (!text.contains('\0')).then(|| text.to_owned());
            let chosen = fields.entry(key).or_default();
            match before {
                ANY => chosen.any = query.any_of(&parameter, "without U+0000", or_none(text))?,
                ALL => chosen.all = query.any_of(&parameter, "without U+0000", text)?,
                _ => chosen.not = query.any_of(&parameter, "without U+0000", or_none(text))?,
            }
        }
    }
    Ok(fields.into_iter().map(|(key, texts)| AskedField { key, texts }).collect())
}

/// Whether a parameter asks for a custom field.
pub fn is_of_field(parameter: &str) -> bool {
    let key = [ANY, ALL, NOT].into_iter().find_map(|before| parameter.strip_prefix(before));
    key.is_some_and(|key| Name::new(key).is_ok())
}

/// The parameters of custom fields, as the document says them.
pub fn fields_schema() -> Value {
    let values = json!({"type": "array", "items": {"type": "string"}, "maxItems": page::MOST_VALUES});
    json!({
        "type": "object",
        "patternProperties": {"^field(_all|_not)?\\.[A-Za-z0-9_-]{1,64}$": values},
        "additionalProperties": false,
    })
}

/// `sort`: an order, and whether it is reversed.
pub fn sort(query: &mut Query) -> Result<Option<(Order, bool)>, ApiError> {
    let allowed = "updated_at, due_on, priority, rank or number, with - before it to reverse";
    query.one("sort", allowed, |text| {
        let name = text.strip_prefix('-').unwrap_or(text);
        let order = ORDERS.iter().find(|(known, _)| *known == name)?.1;
        Some((order, text.starts_with('-')))
    })
}

/// `q`, bounded.
pub fn search_text(query: &mut Query) -> Result<Option<String>, ApiError> {
    let allowed = format!("at most {LONGEST_SEARCH} characters");
    query.one("q", &allowed, |text| (text.chars().count() <= LONGEST_SEARCH).then(|| text.to_owned()))
}

/// What tasks are chosen by, but for the custom fields.
pub fn filter(query: &mut Query, me: UserId) -> Result<Filter, ApiError> {
    let key = |text: &str| Name::new(text).ok().map(|key| key.as_str().to_owned());
    let number = |text: &str| text.parse().ok().filter(|number| *number > 0);
    Ok(Filter {
        statuses: query.any_of("status", "a status' key", key)?,
        labels: Chosen {
            any: query.any_of("label", "none or a label's key", or_none(key))?,
            all: query.any_of("label_all", "a label's key", key)?,
            not: query.any_of("label_not", "none or a label's key", or_none(key))?,
        },
        parents: query.any_of("parent", "none or a task's id", or_none(TaskId::parse))?,
        numbers: query.any_of("number", "a task's number", number)?,
        blocked: query.one("blocked", "true or false", |text| text.parse().ok())?,
        ready: query.one("ready", "true or false", |text| text.parse().ok())?,
        place: place(query)?,
        ..filter_everywhere(query, me)?
    })
}

/// The parameters that mean the same in every project.
pub const EVERYWHERE: [&str; 9] = [
    "assignee",
    "assignee_all",
    "assignee_not",
    "priority",
    "created_by",
    "due_from",
    "due_before",
    "updated_since",
    "watching",
];

/// What tasks of any project are chosen by: [`EVERYWHERE`].
pub fn filter_everywhere(query: &mut Query, me: UserId) -> Result<Filter, ApiError> {
    let person = |text: &str| if text == "me" { Some(me) } else { UserId::parse(text) };
    let date = |text: &str| time::date(Value::String(text.to_owned())).ok();
    let moment = |text: &str| {
        let at = text.parse().ok().map(|at: jiff::Timestamp| Moment::from(at))?;
        (at.timestamp() >= jiff::Timestamp::UNIX_EPOCH).then_some(at)
    };
    Ok(Filter {
        assignees: Chosen {
            any: query.any_of("assignee", "me, none or a person's id", or_none(person))?,
            all: query.any_of("assignee_all", "me or a person's id", person)?,
            not: query.any_of("assignee_not", "me, none or a person's id", or_none(person))?,
        },
        priorities: query.any_of("priority", "none, low, medium, high or urgent", Priority::parse)?,
        created_by: query.any_of("created_by", "me or a person's id", person)?,
        due_from: query.one("due_from", "a date, YYYY-MM-DD", date)?,
        due_before: query.one("due_before", "a date, YYYY-MM-DD", date)?,
        updated_since: query.one("updated_since", "a time such as 2026-11-03T10:00:00Z", moment)?,
        watched_by: query.flag("watching")?.then_some(me),
        ..Filter::default()
    })
}

/// What `read` reads, or `none`.
fn or_none<T>(read: impl Fn(&str) -> Option<T>) -> impl Fn(&str) -> Option<Option<T>> {
    move |text| if text == "none" { Some(None) } else { read(text).map(Some) }
}

fn place(query: &mut Query) -> Result<Place, ApiError> {
    match (query.flag("deleted")?, query.flag("archived")?) {
        (false, false) => Ok(Place::Board),
        (false, true) => Ok(Place::Archive),
        (true, false) => Ok(Place::Bin),
        (true, true) => Err(invalid("archived", "is not asked for together with deleted")),
    }
}

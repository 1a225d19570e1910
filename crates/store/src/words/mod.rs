//! What tasks and comments are found by. Rows of three kinds, so that what changes often is short: a task's title with all that
//! is short, its description, and each comment. Commands write them in their own transaction.

pub(crate) mod fact;
pub mod fill;
pub(crate) mod lexeme;
mod vector;

use crate::{AsyncPgConnection, Result};
use diesel::sql_types::{Array, SmallInt, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::comment::Comment;
use domain::field::FieldType;
use domain::project::Project;
use domain::task::Task;
use domain::words::ANALYSIS;
use domain::{ProjectId, TaskId};
use lexeme::TITLE;
use serde_json::Value;
use uuid::Uuid;
use vector::{Vector, Weight};

/// What a row is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A task's title, number, labels, people and fields.
    Task = 0,
    /// Its description.
    Description = 1,
    /// A comment.
    Comment = 2,
}

/// A row, with what it is found by.
#[derive(Debug)]
pub struct Row {
    task: TaskId,
    kind: Kind,
    id: Uuid,
    words: String,
}

impl Row {
    /// A task without its description. Names of labels, options and people are not in it: a name may change at any time.
    pub fn task(project: &Project, task: &Task) -> Row {
        let mut vector = Vector::new(project.id);
        vector.add(task.title.as_str(), Weight::A, Some(TITLE));
        vector.add(&task.number.to_string(), Weight::A, Some(TITLE));
        vector.add_fact(&fact::number(task.number));
        for label in &task.labels {
            vector.add(label.as_str(), Weight::B, None);
            vector.add_fact(&fact::label(label.as_str()));
        }
        task.assignees.iter().for_each(|user| vector.add_fact(&fact::person(&user.to_string())));
        for field in &project.fields {
            if let Some(value) = task.fields.get(field.key.as_str()) {
                add_value(&mut vector, field.key.as_str(), field.kind, value);
            }
        }
        Row { task: task.id, kind: Kind::Task, id: task.id.0, words: vector.written() }
    }

    /// A task's description.
    pub fn description(project: ProjectId, task: &Task) -> Row {
        let words = of_text(project, task.description.as_str(), Weight::C);
        Row { task: task.id, kind: Kind::Description, id: task.id.0, words }
    }

    /// A comment. A deleted one is found by nothing.
    pub fn comment(project: ProjectId, comment: &Comment) -> Row {
        let body = comment.body.as_ref().filter(|_| !comment.deleted);
        let words = of_text(project, body.map_or("", |body| body.as_str()), Weight::D);
        Row { task: comment.task, kind: Kind::Comment, id: comment.id.0, words }
    }
}

fn of_text(project: ProjectId, text: &str, weight: Weight) -> String {
    let mut vector = Vector::new(project);
    vector.add(text, weight, None);
    vector.written()
}

fn add_value(vector: &mut Vector, field: &str, kind: FieldType, value: &Value) {
    match (kind, value) {
        (_, Value::Array(values)) => values.iter().for_each(|value| add_value(vector, field, kind, value)),
        (FieldType::Person, Value::String(user)) => vector.add_fact(&fact::person(user)),
        (FieldType::Select | FieldType::MultiSelect, Value::String(option)) => {
            vector.add(option, Weight::B, None);
            vector.add_fact(&fact::option(field, option));
        }
        (FieldType::Text | FieldType::Url | FieldType::Date, Value::String(text)) => {
            vector.add(text, Weight::B, None);
        }
        (FieldType::Number, Value::Number(number)) => vector.add(&number.to_string(), Weight::B, None),
        // Whether a box is checked is no word.
        _ => {}
    }
}

statement! { Put(project: Uuid as SqlUuid, analysis: i16 as SmallInt, tasks: Vec<Uuid> as Array<SqlUuid>, kinds: Vec<i16> as Array<SmallInt>,
  ids: Vec<Uuid> as Array<SqlUuid>, words: Vec<&'a str> as Array<Text>) -> SqlUuid:
"INSERT INTO words (project_id, analysis, task_id, kind, id, words) \
SELECT {}, {}, r.task_id, r.kind, r.id, r.words::tsvector FROM unnest({}, {}, {}, {}) AS r (task_id, kind, id, words) \
ON CONFLICT (project_id, task_id, kind, id) DO UPDATE SET analysis = excluded.analysis, words = excluded.words" }

/// Writes what these are found by. The caller holds the project's lock, and what they are made of is what its transaction leaves.
///
/// # Errors
/// Those of the query.
pub async fn put(conn: &AsyncPgConnection, project: ProjectId, rows: &[Row]) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let put = Put::new(
        project.0,
        ANALYSIS,
        rows.iter().map(|row| row.task.0).collect(),
        rows.iter().map(|row| row.kind as i16).collect(),
        rows.iter().map(|row| row.id).collect(),
        rows.iter().map(|row| row.words.as_str()).collect(),
    );
    put.execute(&mut &*conn).await?;
    Ok(())
}

//! What a filter names that the project does not have any more.

use crate::lists::fields;
use domain::field::FieldType;
use domain::project::Project;
use domain::{TaskId, UserId};
use serde_json::{Map, Value};
use std::collections::HashSet;
use store::AsyncPgConnection;
use store::filters::{SavedFilter, tasks_there};
use uuid::Uuid;

/// A filter as it is shown.
pub struct ShownFilter {
    /// What is stored.
    pub filter: SavedFilter,
    /// JSON Pointers into its query, to what the project does not have any more.
    pub gone: Vec<String>,
}

/// The parameters that name what may go.
const NAMING: [&str; 9] = [
    "status",
    "label",
    "label_all",
    "label_not",
    "assignee",
    "assignee_all",
    "assignee_not",
    "created_by",
    "parent",
];

/// What is there to be named: people who are members, and tasks that are not in the bin.
struct There<'a> {
    project: &'a Project,
    people: HashSet<UserId>,
    tasks: HashSet<TaskId>,
}

/// Looks at what each filter names.
///
/// # Errors
/// Those of the queries.
pub async fn shown(
    conn: &AsyncPgConnection,
    project: &Project,
    filters: Vec<SavedFilter>,
) -> store::Result<Vec<ShownFilter>> {
    let parents = filters.iter().flat_map(|filter| names(&filter.query, "parent"));
    let parents: Vec<Uuid> = parents.filter_map(TaskId::parse).map(|task| task.0).collect();
    let (members, tasks) = futures_util::try_join!(
        store::members::of(conn, project.id),
        tasks_there(conn, project.id, &parents)
    )?;
    let people = members.into_iter().map(|(user, _)| user).collect();
    let there = There { project, people, tasks: tasks.into_iter().collect() };
    let shown = |filter: SavedFilter| ShownFilter { gone: there.missing(&filter.query), filter };
    Ok(filters.into_iter().map(shown).collect())
}

impl There<'_> {
    fn missing(&self, query: &Map<String, Value>) -> Vec<String> {
        let mut gone = Vec::new();
        for parameter in NAMING {
            for (index, name) in names(query, parameter).enumerate() {
                if !self.has(parameter, name) {
                    gone.push(format!("/{parameter}/{index}"));
                }
            }
        }
        for (parameter, field) in query.keys().filter_map(|name| Some((name, fields::key(name)?))) {
            gone.extend(self.missing_of(parameter, field, query));
        }
        gone
    }

    /// The field, if it is archived or not there; else its options and people that are not there.
    fn missing_of(&self, parameter: &str, field: &str, query: &Map<String, Value>) -> Vec<String> {
        let field = self.project.field(field).filter(|field| !field.archived);
        let Some(field) = field else { return vec![format!("/{parameter}")] };
        let is_word = |name: &str| name == "none" && !parameter.starts_with(fields::ALL);
        let has = |name: &str| match (&field.options, field.kind) {
            (Some(options), _) => options.iter().any(|option| option.key.as_str() == name),
            (None, FieldType::Person) => self.has("assignee", name),
            (None, _) => true,
        };
        let gone = names(query, parameter).enumerate().filter(|(_, name)| !is_word(name) && !has(name));
        gone.map(|(index, _)| format!("/{parameter}/{index}")).collect()
    }

    /// Words such as `me` and `none` name nothing that can go.
    fn has(&self, parameter: &str, name: &str) -> bool {
        let Project { workflow, labels, .. } = self.project;
        match parameter {
            "status" => workflow.statuses.iter().any(|status| status.key.as_str() == name),
            "label" | "label_not" if name == "none" => true,
            "label" | "label_all" | "label_not" => {
                labels.iter().any(|label| label.key.as_str() == name && !label.archived)
            }
            "parent" => TaskId::parse(name).is_none_or(|task| self.tasks.contains(&task)),
            _ => UserId::parse(name).is_none_or(|user| self.people.contains(&user)),
        }
    }
}

fn names<'a>(query: &'a Map<String, Value>, parameter: &str) -> impl Iterator<Item = &'a str> {
    query.get(parameter).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

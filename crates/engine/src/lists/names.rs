//! What a filter names has to be there. A misspelt name would otherwise look like a list without tasks.

use crate::error::ReadError;
use domain::{ProjectId, UserId};
use std::collections::{BTreeSet, HashSet};
use store::AsyncPgConnection;
use store::lists::Filter;
use store::members;

/// A parameter whose values are people.
pub struct Named {
    pub parameter: String,
    /// `None` asks for tasks that nobody has.
    pub people: Vec<Option<UserId>>,
    /// The words that it takes beside their ids.
    pub words: Vec<&'static str>,
}

/// The parameters of a filter whose values are people.
pub fn people_of(filter: &Filter) -> Vec<Named> {
    let Filter { assignees, created_by, .. } = filter;
    let named = |parameter: &str, people: Vec<Option<UserId>>, words: &[&'static str]| Named {
        parameter: parameter.to_owned(),
        people,
        words: words.to_vec(),
    };
    let all = |people: &[UserId]| people.iter().copied().map(Some).collect();
    vec![
        named("assignee", assignees.any.clone(), &["me", "none"]),
        named("assignee_all", all(&assignees.all), &["me"]),
        named("assignee_not", assignees.not.clone(), &["me", "none"]),
        named("created_by", all(created_by), &["me"]),
    ]
}

/// Sees whether the logs of these projects name all of these people.
///
/// # Errors
/// [`ReadError::UnknownValue`].
pub async fn all_known(
    conn: &AsyncPgConnection,
    projects: &[ProjectId],
    me: UserId,
    named: &[Named],
) -> Result<(), ReadError> {
    let ids = named.iter().flat_map(|named| named.people.iter().flatten());
    let mut left: HashSet<UserId> = ids.copied().filter(|id| *id != me).collect();
    for project in projects {
        if left.is_empty() {
            return Ok(());
        }
        let members = members::among(conn, *project, &left).await?;
        left.retain(|user| !members.contains(user));
    }
    if left.is_empty() {
        return Ok(());
    }
    // Reading the log costs more than reading the members, who are mostly meant.
    let mut has = BTreeSet::new();
    for project in projects {
        has.extend(members::people(conn, *project).await?.into_iter().map(|person| person.id.to_string()));
    }
    let has: Vec<&str> = has.iter().map(String::as_str).collect();
    named.iter().try_for_each(|Named { parameter, people, words }| {
        let people: Vec<Option<String>> =
            people.iter().map(|person| person.map(|id| id.to_string())).collect();
        all_there(parameter, people.iter().map(Option::as_deref), &has, words)
    })
}

/// Sees whether the project has all of these names. `words` are allowed too, though they are no names.
///
/// # Errors
/// [`ReadError::UnknownValue`] with a pointer to each name that it does not have.
pub fn all_there<'a>(
    parameter: &str,
    names: impl Iterator<Item = Option<&'a str>>,
    has: &[&str],
    words: &[&str],
) -> Result<(), ReadError> {
    let unknown = names.enumerate().filter(|(_, name)| name.is_some_and(|name| !has.contains(&name)));
    let pointers: Vec<String> = unknown.map(|(index, _)| format!("/{parameter}/{index}")).collect();
    if pointers.is_empty() {
        return Ok(());
    }
    let allowed = words.iter().chain(has).map(|name| (*name).to_owned()).collect();
    Err(ReadError::unknown_value(pointers, allowed))
}

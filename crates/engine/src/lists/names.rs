//! What a filter names has to be there. A misspelt name would otherwise look like a list without tasks.

use crate::error::ReadError;
use domain::{ProjectId, UserId};
use std::collections::HashSet;
use store::AsyncPgConnection;
use store::members;

/// A parameter whose values are people.
pub struct Named {
    pub parameter: String,
    /// `None`: nobody.
    pub people: Vec<Option<UserId>>,
    /// The words that it takes beside their ids.
    pub words: Vec<&'static str>,
}

/// Sees whether the project's log names all of these people.
///
/// # Errors
/// [`ReadError::UnknownValue`].
pub async fn all_known(
    conn: &AsyncPgConnection,
    project: ProjectId,
    me: UserId,
    named: &[Named],
) -> Result<(), ReadError> {
    let ids = named.iter().flat_map(|named| named.people.iter().flatten());
    let others: HashSet<UserId> = ids.copied().filter(|id| *id != me).collect();
    if others.is_empty() || members::among(conn, project, &others).await? == others {
        return Ok(());
    }
    // Reading the log costs more than reading the members, who are mostly meant.
    let people = members::people(conn, project).await?;
    let has: Vec<String> = people.iter().map(|person| person.id.to_string()).collect();
    let has: Vec<&str> = has.iter().map(String::as_str).collect();
    named.iter().try_for_each(|Named { parameter, people, words }| {
        let people: Vec<Option<String>> =
            people.iter().map(|person| person.map(|id| id.to_string())).collect();
        all_there(parameter, people.iter().map(Option::as_deref), &has, words)
    })
}

/// `words`: what stands for no name of the project and is allowed too.
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

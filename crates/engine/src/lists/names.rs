//! What a filter names has to be there. A misspelt name would otherwise look like a list without tasks.

use crate::error::{ReadError, UnknownValues};
use domain::project::Project;
use domain::{ProjectId, UserId};
use std::collections::HashSet;
use store::AsyncPgConnection;
use store::lists::{Chosen, Filter};
use store::members;
use store::projects::Current;

/// Sees whether the project has the statuses, the labels and the people that a filter names. Archived labels are had, and so
/// is everybody the log names: tasks keep both.
///
/// # Errors
/// [`ReadError::UnknownValue`] for the first parameter that has a value of these which is not there.
pub async fn known(
    conn: &AsyncPgConnection,
    project: ProjectId,
    me: UserId,
    filter: &Filter,
) -> Result<(), ReadError> {
    let Filter { statuses, labels, assignees, created_by, .. } = filter;
    if !(statuses.is_empty() && labels.is_empty()) {
        let Current { project, .. } =
            store::projects::read(conn, project).await?.ok_or(ReadError::NotFound)?;
        let Project { workflow, labels: own, .. } = &project;
        let has: Vec<&str> = workflow.statuses.iter().map(|status| status.key.as_str()).collect();
        all_there("status", statuses.iter().map(|key| Some(key.as_str())), &has, &[])?;
        let has: Vec<&str> = own.iter().map(|label| label.key.as_str()).collect();
        let Chosen { any, all, not } = labels;
        all_there("label", any.iter().map(Option::as_deref), &has, &["none"])?;
        all_there("label_all", all.iter().map(|key| Some(key.as_str())), &has, &[])?;
        all_there("label_not", not.iter().map(Option::as_deref), &has, &["none"])?;
    }
    let Chosen { any, all, not } = assignees;
    let people = |people: &[UserId]| people.iter().copied().map(Some).collect::<Vec<_>>();
    let named = [
        ("assignee", any, &["me", "none"][..]),
        ("assignee_all", &people(all), &["me"]),
        ("assignee_not", not, &["me", "none"]),
        ("created_by", &people(created_by), &["me"]),
    ];
    all_known(conn, project, me, &named).await
}

/// A parameter whose values are people (`None`: nobody), and the words that it takes beside their ids.
type People<'a> = (&'a str, &'a Vec<Option<UserId>>, &'a [&'a str]);

async fn all_known(
    conn: &AsyncPgConnection,
    project: ProjectId,
    me: UserId,
    named: &[People<'_>],
) -> Result<(), ReadError> {
    let ids = named.iter().flat_map(|(_, people, _)| people.iter().flatten());
    let others: HashSet<UserId> = ids.copied().filter(|id| *id != me).collect();
    if others.is_empty() || members::among(conn, project, &others).await? == others {
        return Ok(());
    }
    // Reading the log costs more than reading the members, who are mostly meant.
    let people = members::people(conn, project).await?;
    let has: Vec<String> = people.iter().map(|person| person.id.to_string()).collect();
    let has: Vec<&str> = has.iter().map(String::as_str).collect();
    named.iter().try_for_each(|(parameter, people, words)| {
        let people: Vec<Option<String>> =
            people.iter().map(|person| person.map(|id| id.to_string())).collect();
        all_there(parameter, people.iter().map(Option::as_deref), &has, words)
    })
}

/// `words`: what stands for no name of the project and is allowed too.
fn all_there<'a>(
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
    Err(ReadError::UnknownValue(Box::new(UnknownValues { pointers, allowed })))
}

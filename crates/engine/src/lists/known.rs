//! Whether the project has what a filter names.

use super::fields::{self, AskedField};
use super::names::{all_known, all_there, people_of};
use crate::error::ReadError;
use domain::project::Project;
use domain::{ProjectId, UserId};
use store::AsyncPgConnection;
use store::lists::{Chosen, FieldFilter, Filter};
use store::projects::Current;

/// Sees whether the project has the statuses, the labels, the fields and the people that a filter names. Archived labels and
/// fields are had, and so is everybody the log names: tasks keep them. Returns what is asked of the fields.
///
/// # Errors
/// [`ReadError::UnknownValue`] for the first parameter that has a value of these which is not there.
pub async fn known(
    conn: &AsyncPgConnection,
    project: ProjectId,
    me: UserId,
    filter: &Filter,
    asked: &[AskedField],
) -> Result<Vec<FieldFilter>, ReadError> {
    let Filter { statuses, labels, .. } = filter;
    let (mut fields, mut named) = (Vec::new(), Vec::new());
    if !(statuses.is_empty() && labels.is_empty() && asked.is_empty()) {
        let Current { project, .. } =
            store::projects::read(conn, project).await?.ok_or(ReadError::NotFound)?;
        has_keys(&project, statuses, labels)?;
        (fields, named) = fields::read(&project, me, asked)?;
    }
    named.extend(people_of(filter));
    all_known(conn, &[project], me, &named).await?;
    Ok(fields)
}

fn has_keys(project: &Project, statuses: &[String], labels: &Chosen<String>) -> Result<(), ReadError> {
    let has: Vec<&str> = project.workflow.statuses.iter().map(|status| status.key.as_str()).collect();
    all_there("status", statuses.iter().map(|key| Some(key.as_str())), &has, &[])?;
    let has: Vec<&str> = project.labels.iter().map(|label| label.key.as_str()).collect();
    let Chosen { any, all, not } = labels;
    all_there("label", any.iter().map(Option::as_deref), &has, &["none"])?;
    all_there("label_all", all.iter().map(|key| Some(key.as_str())), &has, &[])?;
    all_there("label_not", not.iter().map(Option::as_deref), &has, &["none"])
}

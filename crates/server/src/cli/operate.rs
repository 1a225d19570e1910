//! `lockstep migrate` and `lockstep epoch rotate`.

use super::connect;
use crate::config::Database;
use diesel_async::AsyncConnection;
use domain::ProjectId;
use store::{StoreError, epochs, migrations};
use uuid::Uuid;

pub async fn migrate(database: &Database) -> anyhow::Result<()> {
    let applied = migrations::run(connect(database).await?).await?;
    if applied.is_empty() {
        println!("The schema is up to date.");
    }
    for name in applied {
        println!("Applied {name}.");
    }
    connect(database).await?; // records which Postgres the log lives in
    Ok(())
}

pub async fn rotate(database: &Database, project: Option<Uuid>) -> anyhow::Result<()> {
    let mut conn = connect(database).await?;
    let rotated = conn
        .transaction(async |conn| match project {
            Some(project) => epochs::rotate(conn, ProjectId(project)).await.map(|()| 1),
            None => epochs::rotate_all(conn).await,
        })
        .await;
    match rotated {
        Err(StoreError::NotFound) => anyhow::bail!("there is no project {}", project.unwrap_or_default()),
        rotated => println!("New epochs for {} project(s); clients will load snapshots.", rotated?),
    }
    Ok(())
}

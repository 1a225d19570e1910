//! The command line: one subcommand, one function.

mod connect;
mod doctor;
mod operate;
mod probe;
mod user;

use crate::config::{self, Config, Database, Source};
use crate::{seed, serve, telemetry};
use clap::{Parser, Subcommand};
use uuid::Uuid;

/// Collaborative task management for your own servers. Settings come from the environment; .env.example explains each.
#[derive(Parser)]
#[command(name = "lockstep", version)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run one instance: HTTP, sockets, health
    Serve,
    /// Bring the schema in Postgres up to date; safe while others do the same
    Migrate {
        /// Change nothing: wait until somebody else has done it
        #[arg(long)]
        wait: bool,
    },
    /// Fill an empty database with a demo team and project
    Seed {
        /// How many tasks the project gets
        #[arg(long, default_value_t = 200)]
        tasks: u32,
    },
    /// Check settings, Postgres, Redis, schema and clock, and say what to do
    Doctor,
    /// Ask the instance on this machine whether it is ready, for health checks where there is no curl
    Probe,
    /// Manage accounts
    #[command(subcommand)]
    User(user::UserCommand),
    /// Manage epochs
    #[command(subcommand)]
    Epoch(EpochCommand),
}

#[derive(Subcommand)]
enum EpochCommand {
    /// Void all positions that clients hold, after a restore: they load a snapshot
    Rotate {
        /// Only this project
        #[arg(long)]
        project: Option<Uuid>,
    },
}

/// Does what the command line asks for.
///
/// # Errors
/// With one sentence for whoever typed it.
pub async fn run(cli: Cli) -> anyhow::Result<()> {
    let source = Source::open()?;
    // Until the end, when the last lines are written.
    let _log = telemetry::start(&source)?;
    match cli.command {
        Command::Serve => serve::run(Config::read(&source)?).await,
        Command::Migrate { wait: true } => operate::wait_for_schema(&Database::read(&source)?).await,
        Command::Migrate { wait: false } => operate::migrate(&Database::read(&source)?).await,
        Command::Seed { tasks } => seed::run(Config::read(&source)?, tasks).await,
        Command::Doctor => doctor::run(&source).await,
        Command::Probe => probe::run(&source),
        Command::User(command) => {
            user::run(&Database::read(&source)?, &config::public_address(&source)?, command).await
        }
        Command::Epoch(EpochCommand::Rotate { project }) => {
            operate::rotate(&Database::read(&source)?, project).await
        }
    }
}

//! `lockstep user`: accounts, by whoever runs the installation.

use super::connect::connect;
use crate::config::Database;
use crate::links;
use anyhow::{Context, bail};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use clap::{Args, Subcommand};
use domain::json::Refused;
use engine::operate::Connection;
use engine::people::operate::{self, User};
use engine::people::{DisplayName, Email, Password};
use std::io::Read;
use url::Url;

#[derive(Subcommand)]
pub enum UserCommand {
    /// Make an account, whatever LOCKSTEP_SIGNUP says
    Create {
        #[arg(long)]
        email: String,
        #[arg(long)]
        name: String,
        #[command(flatten)]
        password: PasswordFrom,
    },
    /// Show all accounts
    List,
    /// Stop an account: nobody logs in with it, and its sessions end at once
    Disable { email: String },
    /// Let a disabled account be used again
    Enable { email: String },
    /// Print a link with which the person chooses another password: for one hour, once. It ends their sessions and API tokens
    Reset { email: String },
    /// Let somebody administer the installation; the first account does so already
    Admin {
        email: String,
        /// Take it away
        #[arg(long)]
        revoke: bool,
    },
}

#[derive(Args)]
pub struct PasswordFrom {
    /// Read the password from standard input instead of making one up
    #[arg(long)]
    password_stdin: bool,
}

pub async fn run(database: &Database, public_url: &Url, command: UserCommand) -> anyhow::Result<()> {
    let mut conn = connect(database).await?;
    match command {
        UserCommand::Create { email, name, password } => create(&mut conn, &email, &name, &password).await,
        UserCommand::List => list(&conn).await,
        UserCommand::Disable { email } => switch(&mut conn, &email, true).await,
        UserCommand::Enable { email } => switch(&mut conn, &email, false).await,
        UserCommand::Reset { email } => reset(&mut conn, public_url, &email).await,
        UserCommand::Admin { email, revoke } => admin(&mut conn, &email, !revoke).await,
    }
}

async fn create(conn: &mut Connection, email: &str, name: &str, from: &PasswordFrom) -> anyhow::Result<()> {
    let email = Email::parse(email).map_err(|refused| told("--email", refused))?;
    let name = DisplayName::parse(name).map_err(|refused| told("--name", refused))?;
    let password = from.take()?;
    let Some(id) = operate::create(conn, &email, &name, &password.text).await? else {
        bail!("{} has an account already", email.as_str());
    };
    println!("Made the account {id} for {}.", email.as_str());
    password.show();
    Ok(())
}

async fn list(conn: &Connection) -> anyhow::Result<()> {
    for user in operate::list(conn).await? {
        let state = match (user.deleted_at.is_some(), user.is_disabled(), user.admin) {
            (true, ..) => "deleted",
            (false, true, _) => "disabled",
            (false, false, true) => "admin",
            (false, false, false) => "active",
        };
        println!(
            "{}\t{state}\t{}\t{}\t{}",
            user.id,
            user.created_at.to_jiff().strftime("%F"),
            user.email.as_deref().unwrap_or("-"),
            user.name
        );
    }
    Ok(())
}

async fn switch(conn: &mut Connection, email: &str, disabled: bool) -> anyhow::Result<()> {
    let user = find(conn, email).await?;
    operate::set_disabled(conn, &user, disabled).await?;
    println!("{email} is {}.", if disabled { "disabled, its sessions are ended" } else { "enabled" });
    Ok(())
}

async fn reset(conn: &mut Connection, public_url: &Url, email: &str) -> anyhow::Result<()> {
    let user = find(conn, email).await?;
    let token = operate::begin_reset(conn, &user).await?;
    println!("{}", links::reset(public_url, &token));
    Ok(())
}

async fn admin(conn: &mut Connection, email: &str, admin: bool) -> anyhow::Result<()> {
    let user = find(conn, email).await?;
    operate::set_admin(conn, &user, admin).await?;
    println!("{email} {}.", if admin { "is an administrator" } else { "is no administrator any more" });
    Ok(())
}

async fn find(conn: &Connection, email: &str) -> anyhow::Result<User> {
    let address = Email::parse(email).map_err(|refused| told("the address", refused))?;
    operate::find(conn, &address).await?.with_context(|| format!("nobody has the address {email}"))
}

struct Chosen {
    text: String,
    made_up: bool,
}

impl PasswordFrom {
    fn take(&self) -> anyhow::Result<Chosen> {
        if !self.password_stdin {
            let mut random = [0; 15];
            getrandom::fill(&mut random).map_err(|error| anyhow::anyhow!("no randomness: {error}"))?;
            return Ok(Chosen { text: BASE64.encode(random), made_up: true });
        }
        let mut text = String::new();
        std::io::stdin().take(4_096).read_to_string(&mut text).context("no password came in")?;
        let text = text.trim_end_matches(['\r', '\n']);
        let password = Password::parse(text).map_err(|refused| told("the password", refused))?;
        Ok(Chosen { text: password.into_inner(), made_up: false })
    }
}

impl Chosen {
    /// Once, and only if nobody knows it yet.
    fn show(&self) {
        if self.made_up {
            println!("Password (shown only now): {}", self.text);
        }
    }
}

fn told(what: &str, refused: Refused) -> anyhow::Error {
    anyhow::anyhow!("{what} {}", refused.detail)
}

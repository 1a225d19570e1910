//! What somebody does with an invitation: look at it, accept it, register with it.
//!
//! An invitation is judged when it is looked at, and again when it is accepted: it stands, it is for this address, and in at
//! least one of its projects its maker may still invite. Then its row is locked first, and after it the projects (see `execute::join`).

use super::account::{Device, DisplayName, Email, Password};
use super::commit::Commit;
use super::error::PeopleError;
use super::refresh::RefreshToken;
use super::rules::Signup;
use super::secret::{INVITATION, Secret};
use super::sessions::{Arrival, Desk, People, SignedIn};
use crate::caller::Caller;
use crate::execute::{self, HeldProject, Moved};
use domain::event::EventBody;
use domain::member::join::{joining, may_invite};
use domain::{ProjectId, Role, UserId};
use std::net::IpAddr;
use store::invitations::{self, Invitation};
use store::users::{self, NewUser};
use store::{AsyncPgConnection, StoreError, sessions};
use uuid::Uuid;

/// An invitation as whoever has the link sees it.
pub struct InvitationSeen {
    /// The names of the projects where it leads.
    pub projects: Vec<String>,
    /// The name of whoever made it.
    pub invited_by: String,
    /// The rest of it.
    pub invitation: Invitation,
}

/// A project of an accepted invitation.
pub struct Joined {
    /// The project.
    pub id: ProjectId,
    /// Its name.
    pub name: String,
    /// What the person may do there now.
    pub role: Role,
    /// The version of the project from which on they may.
    pub version: i64,
}

const GONE: PeopleError = PeopleError::InvitationGone { guessed: false };
const GUESSED: PeopleError = PeopleError::InvitationGone { guessed: true };

impl People {
    /// Looks at an invitation, which changes nothing.
    ///
    /// # Errors
    /// [`PeopleError::InvitationGone`], [`PeopleError::TooManyAttempts`].
    pub async fn look_at_invitation(&self, token: &str, from: IpAddr) -> Result<InvitationSeen, PeopleError> {
        let (desk, secret) = (self.desk.clone(), Secret::parse(INVITATION, token));
        let look = async move { desk.probing.watch(from, look(&desk, secret)).await };
        self.work.run(look).await
    }

    /// Makes the caller a member where an invitation leads, or raises their role. Whoever gains nothing uses up nothing.
    ///
    /// # Errors
    /// [`PeopleError::InvitationGone`], [`PeopleError::TooManyAttempts`].
    pub async fn accept_invitation(
        &self,
        caller: Caller,
        token: &str,
        from: IpAddr,
    ) -> Result<Vec<Joined>, PeopleError> {
        let (desk, secret) = (self.desk.clone(), Secret::parse(INVITATION, token));
        let accept = async move { desk.probing.watch(from, accept(&desk, &caller, secret)).await };
        self.work.run(accept).await
    }

    /// Makes an account, its first session, and its memberships where an invitation leads: all of it, or nothing.
    ///
    /// # Errors
    /// [`PeopleError::InvitationGone`], [`PeopleError::EmailTaken`], [`PeopleError::SignupClosed`],
    /// [`PeopleError::TooManyAttempts`].
    pub async fn register_invited(
        &self,
        email: Email,
        name: DisplayName,
        password: Password,
        token: &str,
        from: Arrival,
    ) -> Result<SignedIn, PeopleError> {
        let (desk, secret) = (self.desk.clone(), Secret::parse(INVITATION, token));
        let register = async move {
            let person = Newcomer { email, name, password, device: from.device };
            desk.probing.watch(from.address, register(&desk, person, secret)).await
        };
        self.work.run(register).await
    }
}

/// Somebody who registers.
struct Newcomer {
    email: Email,
    name: DisplayName,
    password: Password,
    device: Option<Device>,
}

async fn look(desk: &Desk, secret: Option<Secret>) -> Result<InvitationSeen, PeopleError> {
    let conn = store::pool::read(&desk.read).await?;
    seen(&conn, &secret.ok_or(GUESSED)?).await
}

async fn seen(conn: &AsyncPgConnection, secret: &Secret) -> Result<InvitationSeen, PeopleError> {
    let invitation = invitations::find(conn, &secret.hash()).await?.ok_or(GUESSED)?;
    if !invitation.stands || invitation.is_spent() {
        return Err(GONE);
    }
    let holding = invitations::holding(conn, invitation.id).await?;
    let invited_by = holding.first().map(|(_, maker)| maker.clone()).ok_or(GONE)?;
    let projects = holding.into_iter().map(|(project, _)| project).collect();
    Ok(InvitationSeen { projects, invited_by, invitation })
}

async fn accept(desk: &Desk, caller: &Caller, secret: Option<Secret>) -> Result<Vec<Joined>, PeopleError> {
    let mut conn = store::pool::get(&desk.write).await?;
    let commit = Commit::default();
    let accepted = conn.transaction(async |conn| {
        if !sessions::alive(conn, caller.user, caller.sid).await? {
            return Err(PeopleError::SessionEnded);
        }
        let user = users::by_id(conn, caller.user).await?.ok_or(PeopleError::SessionEnded)?;
        let invitation = locked(conn, secret.as_ref(), user.email.as_deref()).await?;
        let held = hold(conn, &invitation, caller.user).await?;
        let entered = enter(conn, &invitation, held, caller.user).await?;
        // Judged again, because by now the person's row is locked: whoever ends the account after this finds the memberships.
        if !sessions::alive(conn, caller.user, caller.sid).await? {
            return Err(PeopleError::SessionEnded);
        }
        commit.follows((invitation.id, entered))
    });
    let (id, entered) = accepted.await.map_err(|error| commit.failed(error))?;
    execute::announce(&desk.spine, &entered.moved);
    tracing::info!(target: "audit", { user.id = %caller.user, invitation.id = %id }, "invitation accepted");
    Ok(entered.joined)
}

async fn register(desk: &Desk, person: Newcomer, secret: Option<Secret>) -> Result<SignedIn, PeopleError> {
    if desk.rules.signup == Signup::Closed {
        return Err(PeopleError::SignupClosed);
    }
    let secret = secret.ok_or(GUESSED)?;
    {
        // Before the costly hash; judged again below.
        let conn = store::pool::read(&desk.read).await?;
        judge_address(&seen(&conn, &secret).await?.invitation, Some(person.email.as_str()))?;
    }
    let hash = desk.passwords.hash(person.password.into_inner()).await?;
    let refresh = RefreshToken::random()?;
    let id = Uuid::now_v7();
    let (email, name) = (person.email.as_str(), person.name.as_str());
    let mut conn = store::pool::get(&desk.write).await?;
    let commit = Commit::default();
    let registered = conn.transaction(async |conn| {
        let invitation = locked(conn, Some(&secret), Some(email)).await?;
        let held = hold(conn, &invitation, id.into()).await?;
        // After the projects' locks, because it waits for whoever takes the same address, who may hold a person's row.
        let new = NewUser { id, email, name, password_hash: &hash, admin: false };
        if !users::create(conn, &new).await? {
            return Err(PeopleError::EmailTaken);
        }
        let device = person.device.as_ref().map(Device::as_str);
        let sid = sessions::open(conn, id.into(), device, &refresh.hash(), desk.rules.session_days).await?;
        let entered = enter(conn, &invitation, held, id.into()).await?;
        let user = users::by_id(conn, id.into()).await?.ok_or(StoreError::NotFound)?;
        commit.follows((user, sid, invitation.id, entered))
    });
    let (user, sid, invitation, entered) = registered.await.map_err(|error| commit.failed(error))?;
    execute::announce(&desk.spine, &entered.moved);
    tracing::info!(target: "audit", { user.id = %id, invitation.id = %invitation }, "account registered by invitation");
    Ok(SignedIn { user, sid, refresh })
}

/// The invitation of a token under its lock, if it stands and is for that address.
async fn locked(
    conn: &AsyncPgConnection,
    secret: Option<&Secret>,
    email: Option<&str>,
) -> Result<Invitation, PeopleError> {
    let invitation = invitations::lock(conn, &secret.ok_or(GUESSED)?.hash()).await?.ok_or(GUESSED)?;
    if !invitation.stands {
        return Err(GONE);
    }
    judge_address(&invitation, email)?;
    Ok(invitation)
}

fn judge_address(invitation: &Invitation, email: Option<&str>) -> Result<(), PeopleError> {
    match invitation.email.as_deref() {
        Some(meant) if email != Some(meant) => Err(GUESSED),
        Some(_) | None => Ok(()),
    }
}

/// Locks those projects of an invitation into which its maker may invite.
async fn hold(
    conn: &AsyncPgConnection,
    invitation: &Invitation,
    person: UserId,
) -> Result<Vec<HeldProject>, PeopleError> {
    let maker = invitation.created_by;
    let mut held = Vec::new();
    for project in invitations::projects(conn, invitation.id).await? {
        let found = HeldProject::lock(conn, project, &[person, maker]).await?;
        held.extend(found.filter(|project| may_invite(project.facts(), maker)));
    }
    if held.is_empty() { Err(GONE) } else { Ok(held) }
}

/// What accepting an invitation came to.
struct Entered {
    joined: Vec<Joined>,
    moved: Vec<Moved>,
}

/// Writes what a person gains by an invitation, and counts the use if there is any gain. So whoever repeats what went well, because
/// the answer was lost, is told the same again.
async fn enter(
    conn: &AsyncPgConnection,
    invitation: &Invitation,
    held: Vec<HeldProject>,
    person: UserId,
) -> Result<Entered, PeopleError> {
    let mut entered = Entered { joined: Vec::new(), moved: Vec::new() };
    for project in held {
        let gained = joining(project.facts(), person, invitation.role);
        entered.joined.push(joined(&project, person, invitation.role, gained.as_ref()));
        entered.moved.extend(gained.map(|body| project.append(person, body)));
    }
    if entered.moved.is_empty() {
        return Ok(entered);
    }
    if invitation.is_spent() {
        return Err(GONE);
    }
    invitations::count_use(conn, invitation.id).await?;
    execute::write_all(conn, &entered.moved).await?;
    Ok(entered)
}

fn joined(project: &HeldProject, person: UserId, role: Role, gained: Option<&EventBody>) -> Joined {
    let facts = project.facts();
    Joined {
        id: facts.state.project.id,
        name: facts.state.project.name.as_str().to_owned(),
        role: facts.role(person).map_or(role, |has| has.max(role)),
        version: facts.version + i64::from(gained.is_some()),
    }
}

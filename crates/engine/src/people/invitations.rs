//! Invitations, as owners make, list and revoke them, and as the administrator oversees them. What somebody does with one is in
//! `joining`.

use super::account::Email;
use super::commit::Commit;
use super::error::PeopleError;
use super::secret::{INVITATION, Secret};
use super::sessions::{Desk, People};
use crate::caller::Caller;
use crate::execute::HeldProject;
use domain::member::join::may_invite;
use domain::{ProjectId, Rejection, Role};
use std::collections::BTreeSet;
use store::invitations::NewInvitation;
use store::{AsyncPgConnection, invitations, projects, sessions};
use uuid::Uuid;

pub use store::invitations::Invitation;

/// Most invitations into a project that can be used at a time.
pub const MOST_INVITATIONS: usize = 100;

/// What an invitation to be made shall be.
pub struct InvitationWanted {
    /// What who comes may do.
    pub role: Role,
    /// The address that it is for. `None`: whoever has the link.
    pub email: Option<Email>,
    /// Where it leads besides the project in which it is made.
    pub others: BTreeSet<ProjectId>,
    /// How many people may come.
    pub uses: i32,
    /// When it ends.
    pub expires_at: jiff::Timestamp,
}

impl People {
    /// Makes an invitation; the token is never shown again.
    ///
    /// # Errors
    /// [`PeopleError::NotFound`], [`PeopleError::Refused`] for whoever does not own the project, [`PeopleError::UnownedProjects`],
    /// [`PeopleError::TooManyInvitations`].
    pub async fn invite(
        &self,
        caller: Caller,
        project: ProjectId,
        wanted: InvitationWanted,
    ) -> Result<(Invitation, String), PeopleError> {
        let desk = self.desk.clone();
        self.work.run(async move { make(&desk, &caller, project, wanted).await }).await
    }

    /// The invitations into a project that can be used, newest first, and of each whether its maker may still invite there.
    ///
    /// # Errors
    /// [`PeopleError::NotFound`], [`PeopleError::Refused`] for whoever does not own the project.
    pub async fn invitations(
        &self,
        caller: Caller,
        project: ProjectId,
    ) -> Result<Vec<(Invitation, bool)>, PeopleError> {
        let desk = self.desk.clone();
        let list = async move {
            let conn = store::pool::read(&desk.read).await?;
            owner(&conn, &caller, project).await?;
            Ok(invitations::of(&conn, project).await?)
        };
        self.work.run(list).await
    }

    /// Revokes an invitation into a project, wherever else it leads.
    ///
    /// # Errors
    /// [`PeopleError::NotFound`], [`PeopleError::Refused`] for whoever does not own the project.
    pub async fn revoke_invitation(
        &self,
        caller: Caller,
        project: ProjectId,
        id: Uuid,
    ) -> Result<(), PeopleError> {
        let desk = self.desk.clone();
        self.work.run(async move { revoke(&desk, &caller, project, id).await }).await
    }
}

async fn make(
    desk: &Desk,
    caller: &Caller,
    project: ProjectId,
    wanted: InvitationWanted,
) -> Result<(Invitation, String), PeopleError> {
    let secret = Secret::random()?;
    let hash = secret.hash();
    let id = Uuid::now_v7();
    let mut everywhere = wanted.others.clone();
    everywhere.insert(project);
    let leads_to: Vec<Uuid> = everywhere.iter().map(|project| project.0).collect();
    let mut conn = store::pool::get(&desk.write).await?;
    let commit = Commit::default();
    let made = conn.transaction(async |conn| {
        let mut held = Vec::new();
        for id in &everywhere {
            held.push((*id, HeldProject::lock(conn, *id, &[caller.user]).await?));
        }
        if !sessions::alive(conn, caller.user, caller.sid).await? {
            return Err(PeopleError::SessionEnded);
        }
        let here = held.iter().find(|(id, _)| *id == project).and_then(|(_, held)| held.as_ref());
        judge(here, caller)?;
        let owned = |held: &Option<HeldProject>| {
            held.as_ref().is_some_and(|held| may_invite(held.facts(), caller.user))
        };
        if !held.iter().all(|(_, held)| owned(held)) {
            return Err(PeopleError::UnownedProjects);
        }
        for id in &everywhere {
            if invitations::count_open(conn, *id).await? >= MOST_INVITATIONS as i64 {
                return Err(PeopleError::TooManyInvitations);
            }
        }
        let new = NewInvitation {
            id,
            hash: &hash,
            email: wanted.email.as_ref().map(Email::as_str),
            role: wanted.role,
            max_uses: wanted.uses,
            created_by: caller.user,
            expires_at: wanted.expires_at,
            projects: &leads_to,
        };
        invitations::create(conn, &new).await?;
        commit.follows(invitations::find(conn, &hash).await?.ok_or(PeopleError::NotFound)?)
    });
    let made = made.await.map_err(|error| commit.failed(error))?;
    tracing::info!(target: "audit", { user.id = %caller.user, project.id = %project, invitation.id = %id }, "invitation made");
    Ok((made, secret.expose(INVITATION)))
}

/// What keeps somebody from inviting into the project in whose list the invitation is made.
fn judge(held: Option<&HeldProject>, caller: &Caller) -> Result<(), PeopleError> {
    let facts = held.ok_or(PeopleError::NotFound)?.facts();
    match facts.role(caller.user).filter(|_| !facts.deleted) {
        None => Err(PeopleError::NotFound),
        Some(Role::Editor | Role::Viewer) => {
            Err(PeopleError::Refused(Rejection::Forbidden { needs: Role::Owner }))
        }
        Some(Role::Owner) if facts.state.project.archived => {
            Err(PeopleError::Refused(Rejection::ProjectArchived))
        }
        Some(Role::Owner) => Ok(()),
    }
}

async fn revoke(desk: &Desk, caller: &Caller, project: ProjectId, id: Uuid) -> Result<(), PeopleError> {
    let mut conn = store::pool::get(&desk.write).await?;
    let commit = Commit::default();
    let revoked = conn.transaction(async |conn| {
        owner(conn, caller, project).await?;
        match invitations::revoke(conn, project, id).await? {
            true => commit.follows(()),
            false => Err(PeopleError::NotFound),
        }
    });
    revoked.await.map_err(|error: PeopleError| commit.failed(error))?;
    tracing::info!(target: "audit", { user.id = %caller.user, project.id = %project, invitation.id = %id }, "invitation revoked");
    Ok(())
}

/// Judges that the caller owns the project.
async fn owner(conn: &AsyncPgConnection, caller: &Caller, project: ProjectId) -> Result<(), PeopleError> {
    let admission = projects::admit(conn, project, caller.user, caller.sid).await?;
    match admission.filter(|admission| !admission.deleted) {
        Some(admission) if admission.role == Role::Owner => Ok(()),
        Some(_) => Err(PeopleError::Refused(Rejection::Forbidden { needs: Role::Owner })),
        None if sessions::alive(conn, caller.user, caller.sid).await? => Err(PeopleError::NotFound),
        None => Err(PeopleError::SessionEnded),
    }
}

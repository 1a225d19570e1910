//! Accounts, sessions and refresh tokens. No door opens a transaction for them.

mod account;
mod admin;
mod api_tokens;
mod commit;
mod deletion;
mod error;
mod failed_logins;
mod invitations;
mod joining;
mod opaque;
pub mod operate;
mod own;
mod passwords;
mod probing;
mod refresh;
mod resets;
mod rules;
mod secret;
mod sessions;

pub use account::{Device, DisplayName, Email, Locale, Password, Timezone};
pub use admin::{Account, Overseen};
pub use api_tokens::{MOST_TOKENS, TokenName, TokenWanted};
pub(crate) use commit::Commit;
pub use error::PeopleError;
pub use invitations::{Invitation, InvitationWanted, MOST_INVITATIONS};
pub use joining::{InvitationSeen, Joined};
pub use own::{AccountChange, PREFERENCES_BYTES, Session};
pub use refresh::RefreshToken;
pub use rules::{Rules, Signup};
pub use sessions::{Arrival, People, SignedIn};
pub use store::api_tokens::Token;
pub use store::users::User;

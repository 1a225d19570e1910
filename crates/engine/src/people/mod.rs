//! Accounts, sessions and refresh tokens. No door opens a transaction for them.

mod account;
mod commit;
mod error;
mod failed_logins;
pub mod operate;
mod passwords;
mod refresh;
mod rules;
mod sessions;

pub use account::{DisplayName, Email, Password};
pub use error::PeopleError;
pub use refresh::RefreshToken;
pub use rules::{Rules, Signup};
pub use sessions::{People, SignedIn};

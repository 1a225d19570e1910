//! What concerns one person over all their projects: what they are told, what they follow, what they have muted. The
//! transactions that tell them are those of the projects ([`crate::execute`]); here it is read and marked.

mod list;
mod mark;
mod mutes;
mod places;
mod watching;

pub use list::{NotificationPage, OwnNotifications, ShownNotification};
pub use mark::{Inbox, InboxChange};
pub use mutes::{Mute, OwnMutes};
pub use places::{Place, PlacedTask};
pub use store::notifications::{Marked, Notification};
pub use watching::{OwnWatching, WatchedTask, WatchingPage};

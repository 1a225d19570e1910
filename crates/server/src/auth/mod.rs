//! Access tokens: who is asking.

mod bearer;
pub mod tokens;

pub use bearer::{Bearer, Session, look_up};

/// The cookie that carries the refresh token of a browser.
pub const REFRESH_COOKIE: &str = "lockstep_refresh";

/// The cookie beside it that the page's scripts see: without it there is no session to go on with.
pub const KNOWN_COOKIE: &str = "lockstep.known";

//! Links that are shown to somebody once. Their secrets follow `#`, which browsers send to no server, so no log has them.

use url::Url;

/// The page on which somebody chooses a new password.
pub fn reset(public_url: &Url, token: &str) -> String {
    page(public_url, "reset", token)
}

/// The page on which somebody accepts an invitation.
pub fn invitation(public_url: &Url, token: &str) -> String {
    page(public_url, "join", token)
}

fn page(public_url: &Url, page: &str, token: &str) -> String {
    format!("{}/{page}#{token}", public_url.as_str().trim_end_matches('/'))
}

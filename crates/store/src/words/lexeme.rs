//! Lexemes as `words` has them.

use domain::ProjectId;
use sha2::{Digest, Sha256};

/// Stands before the words of titles, which stand there a second time, so that an index finds them alone.
pub(crate) const TITLE: char = '^';

/// Stands before each lexeme of a project: what a word costs does not depend on how many other projects have it.
pub(crate) fn mark(project: ProjectId) -> String {
    let hash = Sha256::digest(project.0.as_bytes());
    hash[..4].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes a lexeme between quotes, so that Postgres takes it as it is.
pub(crate) fn quote(lexeme: &str, to: &mut String) {
    to.push('\'');
    for c in lexeme.chars() {
        if matches!(c, '\'' | '\\') {
            to.push(c);
        }
        to.push(c);
    }
    to.push('\'');
}

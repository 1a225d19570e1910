//! The stored form of a refusal. Rows live for days, and instances of other versions read and write them too: this form does
//! not change.

use domain::rejection::RejectionKind;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A refusal as an earlier answer had it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredRefusal {
    /// What kind of refusal it is.
    pub kind: RejectionKind,
    /// The stable code.
    pub code: String,
    /// Words for people.
    pub detail: String,
    /// What would help, by name.
    pub extensions: Map<String, Value>,
}

/// The stored form of a refusal. `status` is the number of its kind, but that of a precondition is a conflict, which the
/// version before this one reads.
#[derive(Serialize, Deserialize)]
struct Form {
    status: u16,
    code: String,
    detail: String,
    extensions: Map<String, Value>,
    /// Whether a precondition of the request failed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    precondition: bool,
}

/// The numbers that stand for kinds in the stored form. They look like those of HTTP and stay, whatever a door answers.
const KINDS: [(RejectionKind, u16); 5] = [
    (RejectionKind::Forbidden, 403),
    (RejectionKind::NotFound, 404),
    (RejectionKind::Conflict, 409),
    (RejectionKind::Precondition, 409),
    (RejectionKind::Unprocessable, 422),
];

impl StoredRefusal {
    /// Reads the stored form. One of a number or a shape that is not known was written by another version.
    pub fn read(text: &str) -> StoredRefusal {
        match serde_json::from_str::<Form>(text) {
            Ok(Form { precondition: true, code, detail, extensions, .. }) => {
                StoredRefusal { kind: RejectionKind::Precondition, code, detail, extensions }
            }
            Ok(Form { status, code, detail, extensions, .. }) => {
                let known = KINDS.into_iter().find(|(_, number)| *number == status);
                let kind = known.map_or(RejectionKind::Unprocessable, |(kind, _)| kind);
                StoredRefusal { kind, code, detail, extensions }
            }
            Err(_) => StoredRefusal {
                kind: RejectionKind::Unprocessable,
                code: "refused".to_owned(),
                detail: "this command was refused by an earlier version of the server".to_owned(),
                extensions: Map::new(),
            },
        }
    }

    /// Takes out the place in its list of the command that was refused, if it was stored with a whole list.
    pub fn take_index(&mut self) -> usize {
        let index = self.extensions.remove("index").and_then(|index| index.as_u64()).unwrap_or(0);
        usize::try_from(index).unwrap_or(0)
    }
}

/// The stored form of a refusal.
pub fn write(kind: RejectionKind, code: &str, detail: String, extensions: Map<String, Value>) -> String {
    let status = KINDS.iter().find(|(known, _)| *known == kind).map_or(422, |(_, number)| *number);
    let precondition = kind == RejectionKind::Precondition;
    let form = Form { status, code: code.to_owned(), detail, extensions, precondition };
    serde_json::to_string(&form).expect("a refusal is JSON")
}

//! The digest: what tells two copies of a project apart, whoever keeps them.

use crate::snapshot::Snapshot;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// SHA-256, in hex, over the canonical JSON (RFC 8785) of a snapshot without its `epoch`.
pub fn of(snapshot: &Snapshot) -> String {
    let mut value = serde_json::to_value(snapshot).expect("a snapshot is JSON");
    if let Value::Object(fields) = &mut value {
        fields.remove("epoch");
    }
    hex(&hash(&value))
}

/// SHA-256 over the canonical JSON (RFC 8785) of `value`.
pub fn hash(value: &impl serde::Serialize) -> [u8; 32] {
    let canonical = serde_json_canonicalizer::to_vec(value).expect("what the domain holds is JSON");
    Sha256::digest(canonical).into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

//! Canonical JSON (RFC 8785): the bytes that digests and hashes are made of.

use sha2::{Digest, Sha256};

/// SHA-256 over the canonical JSON of `value`.
pub fn hash(value: &impl serde::Serialize) -> [u8; 32] {
    Sha256::digest(canonical(value)).into()
}

pub(crate) fn canonical(value: &impl serde::Serialize) -> Vec<u8> {
    serde_json_canonicalizer::to_vec(value).expect("what the domain holds is JSON")
}

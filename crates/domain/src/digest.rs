//! The digest: what tells two copies of a project apart, whoever keeps them.

use crate::canonical::canonical;
pub use crate::canonical::hash;
use crate::snapshot::Snapshot;
use crate::task::Task;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Where the tasks go. In canonical JSON only the version stands after them, so its last occurrence is the right one.
const TASKS: &[u8] = br#""tasks":[]"#;

/// SHA-256, in hex, over the canonical JSON (RFC 8785) of a snapshot without its `epoch`.
pub fn of(snapshot: &Snapshot) -> String {
    let mut digesting = Digesting::begin(snapshot.clone());
    snapshot.state.tasks.values().for_each(|task| digesting.task(task));
    digesting.end()
}

/// A digest that is made task by task, so that a large project need not be in memory.
pub struct Digesting {
    hash: Sha256,
    closing: Vec<u8>,
    empty: bool,
}

impl Digesting {
    /// Begins with what stands before the tasks. `shell`: the snapshot without tasks; those it has are left out.
    pub fn begin(mut shell: Snapshot) -> Self {
        shell.state.tasks = BTreeMap::new();
        let mut value = serde_json::to_value(shell).expect("a snapshot is JSON");
        if let Value::Object(fields) = &mut value {
            fields.remove("epoch");
        }
        let text = canonical(&value);
        let place = text.windows(TASKS.len()).rposition(|window| window == TASKS);
        let end = place.expect("a snapshot has tasks") + TASKS.len() - 1;
        Self { hash: Sha256::new_with_prefix(&text[..end]), closing: text[end..].to_vec(), empty: true }
    }

    /// Adds the next task, whose id is above the last one's.
    pub fn task(&mut self, task: &Task) {
        if !std::mem::take(&mut self.empty) {
            self.hash.update(b",");
        }
        self.hash.update(canonical(task));
    }

    /// The digest, in hex.
    pub fn end(mut self) -> String {
        self.hash.update(&self.closing);
        hex(&self.hash.finalize())
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

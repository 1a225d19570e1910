//! What one client received, and the strict rule (invariant I6): versions go +1 from its position, each
//! once, or it is told to start from a snapshot.

use std::time::Instant;

use serde_json::Value;

/// One received event.
#[derive(Debug, Clone)]
pub struct Received {
    pub version: u64,
    /// The event's bytes as they came.
    pub text: String,
    pub at: Instant,
}

impl Received {
    pub fn event(&self) -> Value {
        serde_json::from_str(&self.text).expect("events are JSON")
    }
}

/// How the rule was broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Violation {
    /// A later version than the next one.
    Missed { expected: u64, got: u64 },
    /// A version that had come already.
    Doubled { last: u64, got: u64 },
    /// A version that had not come, but should have come before others.
    OutOfOrder { last: u64, got: u64 },
    /// Anything else the contract excludes.
    Contract(String),
}

/// The client was told that its position is void, and where the new one is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resync {
    pub from: Position,
    pub to: Position,
}

/// Where a client stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    pub epoch: String,
    pub version: u64,
}

/// Everything received so far. It judges and never repairs.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    pub(super) position: Option<Position>,
    pub(super) log: Vec<Received>,
    pub(super) ephemeral: Vec<Value>,
    pub(super) violations: Vec<Violation>,
    pub(super) resyncs: Vec<Resync>,
}

impl Ledger {
    /// The position as a number; 0 before there is one.
    pub(super) fn last(&self) -> u64 {
        self.position.as_ref().map_or(0, |position| position.version)
    }

    /// A first position, or a new one in the place of a void one.
    pub(super) fn place(&mut self, epoch: &str, version: u64) {
        let to = Position { epoch: epoch.to_owned(), version };
        if let Some(from) = self.position.replace(to.clone()) {
            self.resyncs.push(Resync { from, to });
        }
    }

    pub(super) fn receive(&mut self, version: u64, text: &str) {
        let last = self.last();
        if version != last + 1 {
            self.violations.push(self.judge(last, version));
        }
        let says = serde_json::from_str::<Value>(text).map(|event| event["version"].clone());
        if says.as_ref().ok() != Some(&Value::from(version)) {
            self.broken(format!("offset {version} carries an event that says {says:?}"));
        }
        self.log.push(Received { version, text: text.to_owned(), at: Instant::now() });
        match &mut self.position {
            Some(position) => position.version = version.max(last),
            None => self.broken(format!("version {version} came before there was a position")),
        }
    }

    pub(super) fn broken(&mut self, what: String) {
        self.violations.push(Violation::Contract(what));
    }

    fn judge(&self, last: u64, got: u64) -> Violation {
        if got > last {
            Violation::Missed { expected: last + 1, got }
        } else if self.log.iter().any(|received| received.version == got) {
            Violation::Doubled { last, got }
        } else {
            Violation::OutOfOrder { last, got }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receive(versions: &[u64]) -> Vec<Violation> {
        let mut ledger = Ledger::default();
        ledger.place("e", 4);
        for version in versions {
            ledger.receive(*version, &format!(r#"{{"version":{version}}}"#));
        }
        ledger.violations
    }

    #[test]
    fn plus_one_from_the_position_is_right() {
        assert_eq!(receive(&[5, 6, 7]), []);
    }

    #[test]
    fn a_gap_a_double_and_a_latecomer_are_told_apart() {
        assert_eq!(receive(&[5, 7]), [Violation::Missed { expected: 6, got: 7 }]);
        assert_eq!(receive(&[5, 5]), [Violation::Doubled { last: 5, got: 5 }]);
        assert_eq!(receive(&[5, 7, 6])[1], Violation::OutOfOrder { last: 7, got: 6 });
        assert_eq!(receive(&[3]), [Violation::OutOfOrder { last: 4, got: 3 }]);
    }

    #[test]
    fn an_event_of_another_version_than_its_offset_is_a_violation() {
        let mut ledger = Ledger::default();
        ledger.place("e", 0);
        ledger.receive(1, r#"{"version":2}"#);
        assert!(matches!(ledger.violations[..], [Violation::Contract(_)]));
    }

    #[test]
    fn a_new_position_in_the_place_of_a_void_one_is_a_resync() {
        let mut ledger = Ledger::default();
        ledger.place("e", 4);
        ledger.place("f", 9);
        let position = |epoch: &str, version| Position { epoch: epoch.to_owned(), version };
        assert_eq!(ledger.resyncs, [Resync { from: position("e", 4), to: position("f", 9) }]);
        assert_eq!(ledger.last(), 9);
    }
}

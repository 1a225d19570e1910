//! The last lines that an instance printed, kept in memory for the moment a test fails.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read};
use std::sync::{Arc, Mutex};

const KEPT: usize = 2_000;

/// A bounded tail of an instance's standard output and error, over all its lives.
#[derive(Clone, Default)]
pub struct Output(Arc<Mutex<VecDeque<String>>>);

impl Output {
    /// Collects from a stream until it ends, on a thread of its own (it must outlive any runtime).
    pub(super) fn collect(&self, stream: impl Read + Send + 'static) {
        let output = self.clone();
        std::thread::spawn(move || {
            let mut lines = BufReader::new(stream).split(b'\n');
            while let Some(Ok(line)) = lines.next() {
                output.push(String::from_utf8_lossy(&line).into_owned());
            }
        });
    }

    pub(super) fn push(&self, line: String) {
        let mut lines = self.0.lock().expect("nobody panics while adding a line");
        if lines.len() == KEPT {
            lines.pop_front();
        }
        lines.push_back(line);
    }

    /// The last `count` lines.
    pub fn tail(&self, count: usize) -> String {
        let lines = self.0.lock().expect("nobody panics while adding a line");
        lines.iter().skip(lines.len().saturating_sub(count)).map(|line| format!("{line}\n")).collect()
    }

    /// Whether any kept line contains `text`: for "no secret in a log" and "logged once".
    pub fn contains(&self, text: &str) -> bool {
        self.0.lock().expect("nobody panics while adding a line").iter().any(|line| line.contains(text))
    }
}

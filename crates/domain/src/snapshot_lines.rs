//! A snapshot as lines of text: all of it is one JSON document, and each task stands on a line of its own. So it can be
//! written, and events folded into it, while only the tasks that they touch are in memory.
//!
//! ```json
//! {"epoch":"…","version":7,"project":{…},"members":[…],"tasks":[
//! {"id":"0189…", …},
//! {"id":"0190…", …}
//! ],"dependencies":[…]}
//! ```
//!
//! JSON escapes line breaks inside texts, so a line is a task. Tasks stand in the order of their ids.

use crate::event::Event;
use crate::ids::TaskId;
use crate::snapshot::{FoldError, Snapshot};
use crate::task::Task;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead, Write};

/// Where the tasks go. After them stand only edges, which have no such member: so its last occurrence is the right one.
const TASKS: &[u8] = br#""tasks":[]"#;
/// Where a task's line has its id.
const ID: std::ops::Range<usize> = 7..43;

/// Why lines could not be written or folded.
#[derive(Debug, thiserror::Error)]
pub enum LinesError {
    /// Reading or writing failed.
    #[error("the lines could not be read or written: {0}")]
    Io(#[from] io::Error),
    /// What was read is no snapshot.
    #[error("the lines are no snapshot: {0}")]
    Unreadable(String),
    /// The events are not the next ones.
    #[error("the events do not follow: {0}")]
    Fold(#[from] FoldError),
}

impl From<serde_json::Error> for LinesError {
    fn from(error: serde_json::Error) -> Self {
        Self::Unreadable(error.to_string())
    }
}

type Result<T> = std::result::Result<T, LinesError>;

/// Writes a snapshot task by task.
pub struct Lines<W> {
    to: W,
    closing: Vec<u8>,
    empty: bool,
}

impl<W: Write> Lines<W> {
    /// Writes what stands before the tasks. `shell`: the snapshot without tasks; those it has are left out.
    ///
    /// # Errors
    /// Those of writing.
    pub fn begin(mut to: W, mut shell: Snapshot) -> Result<Self> {
        shell.state.tasks = BTreeMap::new();
        let text = serde_json::to_vec(&shell)?;
        let place = text.windows(TASKS.len()).rposition(|window| window == TASKS);
        let end =
            place.ok_or_else(|| LinesError::Unreadable("it has no tasks".to_owned()))? + TASKS.len() - 1;
        to.write_all(&text[..end])?;
        Ok(Self { to, closing: text[end..].to_vec(), empty: true })
    }

    /// Writes the next task, whose id is above the last one's.
    ///
    /// # Errors
    /// Those of writing.
    pub fn task(&mut self, task: &Task) -> Result<()> {
        self.separate()?;
        Ok(serde_json::to_writer(&mut self.to, task)?)
    }

    fn verbatim(&mut self, line: &[u8]) -> Result<()> {
        self.separate()?;
        Ok(self.to.write_all(line)?)
    }

    fn separate(&mut self) -> Result<()> {
        let separator: &[u8] = if self.empty { b"\n" } else { b",\n" };
        self.empty = false;
        Ok(self.to.write_all(separator)?)
    }

    /// Writes what stands after the tasks.
    ///
    /// # Errors
    /// Those of writing.
    pub fn end(mut self) -> Result<W> {
        self.to.write_all(b"\n")?;
        self.to.write_all(&self.closing)?;
        Ok(self.to)
    }
}

/// Lines, read one after the other.
struct Reading<R> {
    from: R,
    line: Vec<u8>,
}

enum Line<'a> {
    Task(TaskId, &'a [u8]),
    Closing(&'a [u8]),
}

impl<R: BufRead> Reading<R> {
    fn open(from: R) -> Self {
        Self { from, line: Vec::new() }
    }

    fn next(&mut self) -> Result<&[u8]> {
        self.line.clear();
        if self.from.read_until(b'\n', &mut self.line)? == 0 {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        }
        Ok(self.line.strip_suffix(b"\n").unwrap_or(&self.line))
    }

    fn task_or_closing(&mut self) -> Result<Line<'_>> {
        let line = self.next()?;
        if line.first() == Some(&b']') {
            return Ok(Line::Closing(line));
        }
        let id = line.get(ID).and_then(|id| TaskId::parse(std::str::from_utf8(id).ok()?));
        let id = id.ok_or_else(|| LinesError::Unreadable("a line is no task".to_owned()))?;
        Ok(Line::Task(id, line.strip_suffix(b",").unwrap_or(line)))
    }
}

/// Folds events into lines and writes the lines of the snapshot after them. `open` opens the old lines; they are read
/// twice: for the tasks that the events touch, and to copy the others.
///
/// # Errors
/// When the events are not the next ones, or what `open` gives is no snapshot.
pub fn fold<R: BufRead, W: Write>(open: impl Fn() -> io::Result<R>, events: &[Event], to: W) -> Result<W> {
    let touched: BTreeSet<TaskId> = events.iter().flat_map(Event::tasks).collect();
    let mut snapshot = read_some(open()?, &touched)?;
    events.iter().try_for_each(|event| snapshot.apply(event))?;
    let mut changed = std::mem::take(&mut snapshot.state.tasks);
    let mut lines = Lines::begin(to, snapshot)?;
    let mut old = Reading::open(open()?);
    old.next()?;
    while let Line::Task(id, line) = old.task_or_closing()? {
        while let Some(first) = changed.first_entry().filter(|first| *first.key() < id) {
            lines.task(&first.remove())?;
        }
        match changed.remove(&id) {
            Some(task) => lines.task(&task)?,
            None if touched.contains(&id) => {}
            None => lines.verbatim(line)?,
        }
    }
    for task in changed.values() {
        lines.task(task)?;
    }
    lines.end()
}

/// The snapshot with none but these of its tasks.
fn read_some(from: impl BufRead, wanted: &BTreeSet<TaskId>) -> Result<Snapshot> {
    let mut reading = Reading::open(from);
    let mut text = reading.next()?.to_vec();
    let mut some = false;
    loop {
        match reading.task_or_closing()? {
            Line::Task(id, line) if wanted.contains(&id) => {
                text.extend_from_slice(if some { b"," } else { b"" });
                text.extend_from_slice(line);
                some = true;
            }
            Line::Task(..) => {}
            Line::Closing(line) => {
                text.extend_from_slice(line);
                return Ok(serde_json::from_slice(&text)?);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const AT: &str = "2026-11-03T10:00:00.000Z";

    fn id(number: u128) -> TaskId {
        TaskId(uuid::Uuid::from_u128(number))
    }

    fn event(version: i64, kind: &str, data: Value) -> Event {
        let nobody = uuid::Uuid::nil();
        let event = json!({"project": nobody, "version": version, "type": kind, "data": data, "at": AT,
                           "actor": nobody, "command_id": nobody});
        serde_json::from_value(event).expect("an event")
    }

    fn created(version: i64, task: u128, title: &str) -> Event {
        let task = json!({"id": id(task), "number": version, "title": title, "description": "a\nb\u{2028}",
            "status": "todo", "assignees": [], "labels": [], "priority": "none", "due_on": null, "estimate": null,
            "rank": format!("a{version}"), "parent": null, "config": {"x": [0.1, 4.35e-10, 1e300]}, "fields": {}});
        event(version, "task.created", json!({"task": task}))
    }

    fn log() -> Vec<Event> {
        // A status called "tasks" with no way out of it looks like the place where the tasks go.
        let workflow = json!({"statuses": [{"key": "tasks", "name": "Tasks", "category": "open"},
                                           {"key": "todo", "name": "Todo", "category": "open"}],
                              "transitions": {"tasks": []}});
        let project = json!({"key": "SHOP", "name": "\"tasks\":[]", "description": "\n],\n", "workflow": workflow,
                             "blocked_gate": "finish", "owner": uuid::Uuid::nil()});
        vec![
            event(1, "project.created", project),
            created(2, 5, "five"),
            created(3, 1, "one"),
            created(4, 9, "nine"),
            event(5, "task.updated", json!({"task": id(5), "set": {"title": "\"],"}})),
            event(6, "task.deleted", json!({"task": id(1), "tasks": [id(1)]})),
            created(7, 7, "seven"),
            event(8, "member.added", json!({"user": uuid::Uuid::from_u128(3), "role": "viewer"})),
            event(9, "task.deleted", json!({"task": id(9), "tasks": [id(9), id(5)]})),
            created(10, 2, "two"),
            event(11, "task.deleted", json!({"task": id(2), "tasks": [id(2), id(7)]})),
        ]
    }

    fn whole(events: &[Event]) -> Snapshot {
        Snapshot::fold("e1".to_owned(), events).expect("a log")
    }

    fn lines(snapshot: &Snapshot) -> Vec<u8> {
        let mut lines = Lines::begin(Vec::new(), snapshot.clone()).expect("begun");
        snapshot.state.tasks.values().for_each(|task| lines.task(task).expect("written"));
        lines.end().expect("ended")
    }

    #[test]
    fn lines_are_the_snapshot_with_each_task_on_a_line() {
        for length in 1..=log().len() {
            let snapshot = whole(&log()[..length]);
            let text = lines(&snapshot);
            assert_eq!(serde_json::from_slice::<Snapshot>(&text).expect("JSON"), snapshot);
            let breaks = text.iter().filter(|byte| **byte == b'\n').count();
            assert_eq!(breaks, snapshot.state.tasks.len() + 1);
        }
    }

    #[test]
    fn lines_with_events_folded_in_are_the_lines_of_the_later_snapshot() {
        let log = log();
        for from in 1..log.len() {
            for to in from..=log.len() {
                let old = lines(&whole(&log[..from]));
                let new = fold(|| Ok(&old[..]), &log[from..to], Vec::new()).expect("folded");
                let wanted = lines(&whole(&log[..to]));
                assert_eq!(String::from_utf8(new), String::from_utf8(wanted), "{from} to {to}");
            }
        }
    }

    #[test]
    fn events_that_do_not_follow_and_lines_that_are_cut_off_are_refused() {
        let log = log();
        let old = lines(&whole(&log[..4]));
        assert!(matches!(fold(|| Ok(&old[..]), &log[5..6], Vec::new()), Err(LinesError::Fold(_))));
        for end in [0, 5, old.len() / 2, old.len() - 2] {
            assert!(fold(|| Ok(&old[..end]), &log[4..5], Vec::new()).is_err(), "cut off at {end}");
        }
    }
}

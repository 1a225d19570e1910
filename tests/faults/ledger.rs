//! Writers who remember every answer, and hold the log to it: what was acknowledged is there, at that version, once.

use domain::event::Event;
use domain::snapshot::Snapshot;
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use testkit::http::{Answer, Method};
use testkit::{Api, Uuid};

/// What clients were told.
pub struct Ledger {
    project: Uuid,
    over: AtomicBool,
    told: Mutex<HashMap<String, Value>>,
    tasks: Mutex<Vec<Uuid>>,
}

impl Ledger {
    pub fn new(project: Uuid) -> Ledger {
        Ledger { project, over: AtomicBool::new(false), told: Mutex::default(), tasks: Mutex::default() }
    }

    pub fn stop(&self) {
        self.over.store(true, Ordering::Relaxed);
    }

    /// Writes random commands until [`Self::stop`]; one without a clear answer is repeated with its key, at any instance.
    pub async fn write(self: std::sync::Arc<Ledger>, apis: Vec<Api>, mut random: fastrand::Rng) {
        while !self.over.load(Ordering::Relaxed) {
            let command = self.invent(&mut random);
            let key = Uuid::from_u128(random.u128(..)).to_string();
            let answer = loop {
                let api = apis[random.usize(..apis.len())].idempotent(&key);
                if let Some(answer) = self.ask(&api, &command).await {
                    break answer;
                }
            };
            self.note(&key, &command, &answer);
        }
    }

    /// `None`: ask again.
    async fn ask(&self, api: &Api, command: &Value) -> Option<Answer> {
        let path = format!("/projects/{}/commands", self.project);
        let answer = api.try_send(Method::POST, &path, Some(json!({"commands": [command]}))).await.ok()?;
        match answer.status {
            429 | 503 => {
                tokio::task::yield_now().await;
                None
            }
            200 | 409 | 422 => Some(answer),
            _ => panic!("{answer}"),
        }
    }

    fn invent(&self, random: &mut fastrand::Rng) -> Value {
        let tasks = self.tasks.lock().expect("nobody panics with it");
        let word: String = std::iter::repeat_with(|| random.alphanumeric()).take(8).collect();
        let Some(task) = random.choice(tasks.iter()).filter(|_| random.u8(..4) > 0) else {
            return json!({"type": "task.create", "id": Uuid::from_u128(random.u128(..)), "title": word});
        };
        match random.u8(..8) {
            0 => json!({"type": "task.move", "task": task, "status": "done"}),
            1 => {
                json!({"type": "task.move", "task": task, "status": "todo", "after": random.choice(tasks.iter())})
            }
            2 => json!({"type": "comment.add", "task": task, "body": word}),
            3 => json!({"type": "task.delete", "task": task}),
            4 => json!({"type": "task.restore", "task": task}),
            5 => json!({"type": "task.archive", "task": task}),
            6 => json!({"type": "task.unarchive", "task": task}),
            _ => json!({"type": "task.update", "task": task, "set": {"title": word, "priority": "high"}}),
        }
    }

    fn note(&self, key: &str, command: &Value, answer: &Answer) {
        if answer.status != 200 {
            return;
        }
        if let (Some(id), "task.create") =
            (command["id"].as_str(), command["type"].as_str().unwrap_or_default())
        {
            self.tasks.lock().expect("nobody panics with it").push(id.parse().expect("our own id"));
        }
        for event in answer.events() {
            let first =
                self.told.lock().expect("nobody panics with it").insert(key.to_owned(), event.clone());
            assert!(first.is_none(), "one key, one event");
        }
    }

    /// I2, I3, I5: every acknowledged event is in the log where the answer said, no command made two, and the log's fold
    /// is what the digest is of.
    pub fn assert_kept_in(&self, log: &[Value], digest: &str) {
        let told = self.told.lock().expect("nobody panics with it");
        for (key, event) in told.iter() {
            let version = event["version"].as_u64().expect("a version") as usize;
            assert_eq!(log.get(version - 1), Some(event), "{key} was acknowledged as version {version}");
        }
        let commands: HashSet<&str> = log.iter().filter_map(|event| event["command_id"].as_str()).collect();
        assert_eq!(commands.len(), log.len(), "a command made two events");
        // Writers ask until they know, so whatever happened was also acknowledged. The first event made the project.
        assert_eq!(told.len() + 1, log.len(), "something happened that nobody was told of");
        let events: Vec<Event> =
            log.iter().map(|event| serde_json::from_value(event.clone()).expect("an event")).collect();
        let folded = Snapshot::fold(String::new(), &events).expect("the log folds");
        assert_eq!(domain::digest::of(&folded), digest, "the tables are what the log says");
    }
}

//! People who act: each request goes to a random instance, alone or as a batch, now and then twice.

use fastrand::Rng;
use serde_json::{Value, json};
use testkit::{Answer, Api, Cluster, User, Uuid};

use crate::outcomes::Outcomes;
use crate::plan::{self, Names};
use crate::whole;

/// A snapshot is stored every so many events: often, so that old versions come from several.
pub const SNAPSHOT_EVENTS: usize = 25;

pub struct World {
    pub cluster: Cluster,
    pub people: Vec<User>,
    pub project: Uuid,
    pub outcomes: Outcomes,
    names: Names,
}

impl World {
    /// Three instances; an owner, two who become owners, an editor, a viewer, and one who is no member yet.
    pub async fn start() -> Self {
        let builder = Cluster::builder().instances(3);
        let cluster = builder.env("LOCKSTEP_SNAPSHOT_EVENTS", SNAPSHOT_EVENTS.to_string()).start().await;
        let people = cluster.users(6).await;
        let api = cluster.api(0, &people[0]);
        api.meet(&people[1..]).await;
        let project = api.create_project("Model").await;
        for (person, role) in people[1..5].iter().zip(["owner", "owner", "editor", "viewer"]) {
            api.add_colleague(project, person, role).await;
        }
        let ids = |count: usize| (0..count).map(|_| Uuid::new_v4()).collect();
        let names = Names {
            people: people.iter().map(|person| person.id).collect(),
            tasks: ids(24),
            comments: ids(5),
        };
        Self { cluster, people, project, outcomes: Outcomes::default(), names }
    }

    /// All requests of one person, one after the other, and the events they were answered with.
    pub async fn act(&self, person: usize, mut random: Rng, requests: usize) -> Vec<Value> {
        let mut events = Vec::new();
        for _ in 0..requests {
            events.extend(self.one_request(person, &mut random).await);
        }
        events
    }

    /// One request; a repeat of it gets the same answer.
    pub async fn one_request(&self, person: usize, random: &mut Rng) -> Vec<Value> {
        let body = self.body(random);
        let key = format!("{:x}", random.u128(..));
        let answer = self.send(person, random, &key, &body).await;
        self.outcomes.count(&body, &answer);
        let kept = ![400, 401, 403, 404, 413, 415].contains(&answer.status);
        if kept && random.u32(..5) == 0 {
            let again = self.send(person, random, &key, &body).await;
            // Somebody may have taken the membership in between, and what depends on the role is judged anew.
            if ![403, 404].contains(&again.status) && !depends_on_role(&answer) {
                assert_eq!(results(&again), results(&answer), "a repeat of {body} was answered otherwise");
            }
        }
        events(&answer)
    }

    fn body(&self, random: &mut Rng) -> Value {
        match random.u32(..30) {
            0..4 => return whole::mend(random, &self.names),
            4 => return whole::oust(random, &self.names),
            5 => return whole::gated(random),
            _ => {}
        }
        let count = if random.bool() { 1 } else { random.usize(1..8) };
        let mut commands: Vec<Value> = (0..count).map(|_| plan::command(random, &self.names)).collect();
        if random.u32(..25) == 0 {
            commands.push(whole::nonsense(random));
        }
        json!({"commands": commands, "atomic": random.u32(..5) == 0})
    }

    async fn send(&self, person: usize, random: &mut Rng, key: &str, body: &Value) -> Answer {
        let instance = random.usize(..self.cluster.instances.len());
        let api = self.cluster.api(instance, &self.people[person]).idempotent(key);
        let answer = api.post(&format!("/projects/{}/commands", self.project), body.clone()).await;
        assert!(
            [200, 403, 404, 409, 422].contains(&answer.status),
            "{body} to instance {instance}: {answer}"
        );
        answer
    }

    /// An owner's client for each instance, of a project that is not in the bin.
    pub async fn owners(&self) -> Vec<Api> {
        let query =
            "SELECT user_id FROM members WHERE project_id = $1 AND role = 'owner' ORDER BY user_id LIMIT 1";
        let row =
            self.cluster.database.sql().await.query_opt(query, &[&self.project]).await.expect("the members");
        let owner: Uuid = row.expect("every project has an owner").get(0);
        let owner = self.people.iter().find(|person| person.id == owner).expect("one of the people");
        let apis = self.cluster.apis(owner);
        apis[0].post(&format!("/projects/{}/restore", self.project), json!({})).await.expect(200);
        apis
    }
}

/// What was decided, without the ids of the requests that asked.
fn results(answer: &Answer) -> Value {
    let mut body = answer.body.clone();
    let problems =
        body["results"].as_array_mut().into_iter().flatten().filter_map(|result| result.get_mut("problem"));
    problems.filter_map(Value::as_object_mut).for_each(|problem| drop(problem.remove("request_id")));
    if let Some(problem) = body.as_object_mut() {
        problem.remove("request_id");
    }
    body
}

fn depends_on_role(answer: &Answer) -> bool {
    let results = answer.body["results"].as_array().into_iter().flatten();
    let mut codes = results.filter_map(|result| result["problem"]["code"].as_str());
    codes.any(|code| ["forbidden", "not_author", "not_found"].contains(&code))
}

fn events(answer: &Answer) -> Vec<Value> {
    let atomic = answer.body["events"].as_array().into_iter().flatten();
    let each = answer.body["results"].as_array().into_iter().flatten().map(|result| &result["event"]);
    atomic.chain(each).filter(|event| event.is_object()).cloned().collect()
}

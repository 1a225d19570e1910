//! What the document says of one method of one address.

use super::{commands, examples, schema};
use crate::error;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// One method of one address, described where its route is registered.
#[derive(Clone)]
pub struct Operation {
    summary: &'static str,
    id: String,
    access: Credential,
    parameters: Vec<Value>,
    body: Option<Value>,
    answers: BTreeMap<u16, Value>,
    /// Codes of refusals by status.
    problems: BTreeMap<u16, BTreeSet<&'static str>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Credential {
    Token,
    Session,
    Open,
    Refresh,
    Hidden,
}

/// An operation for whoever has an access token.
pub fn op(summary: &'static str) -> Operation {
    let operation = Operation {
        summary,
        id: String::new(),
        access: Credential::Token,
        parameters: Vec::new(),
        body: None,
        answers: BTreeMap::new(),
        problems: BTreeMap::new(),
    };
    operation
        .problem(400, &["invalid_query", "malformed_request", "token_in_url"])
        .problem(401, &["invalid_token", "session_ended", "token_expired", "unauthenticated"])
        .problem(503, &["unavailable"])
}

/// The write that gives the command `kind`, whose fields `from_path` come from the path: its body, its keys, its refusals.
pub fn command(kind: &str, summary: &'static str, from_path: &[&str]) -> Operation {
    let command = commands::find(kind);
    writing(summary, kind).with_body(command.body(from_path), command.body_example(from_path))
}

/// The same for a command whose `set` stands at the top level of the body.
pub fn change(kind: &str, summary: &'static str, from_path: &[&str]) -> Operation {
    let command = commands::find(kind);
    writing(summary, kind).with_body(command.change(from_path), command.change_example(from_path))
}

/// `POST …/commands`.
pub fn batch() -> Operation {
    let (body, example) = commands::batch();
    let events = json!({"type": "array", "items": schema::named("Event")});
    let atomic = schema::object(json!({"version": schema::version(), "events": events}));
    let event = json!({"anyOf": [schema::named("Event"), {"type": "null"}]});
    let result = json!({"anyOf": [
        schema::object(json!({"version": schema::version(), "event": event})),
        schema::object(json!({"problem": schema::named("Problem")})),
    ]});
    let each =
        schema::object(json!({"version": schema::version(), "results": {"type": "array", "items": result}}));
    let mut operation = op("Several commands: all or nothing, or with `atomic: false` each on its own")
        .idempotent()
        .with_body(body, example)
        .answers(200, "What became of them, in order.", json!({"anyOf": [atomic, each]}), "atomic")
        .answers_header("idempotency-replayed", "`true` for the answer to a repeat.")
        .problem(400, &["command_id_twice"])
        .problem(403, &["forbidden"])
        .problem(404, &["not_found"])
        // A command that `If-Match` refused, repeated with its id in a batch.
        .problem(412, &["stale"])
        .problem(
            422,
            &["depends_on_refused", "idempotency_key_reused", "too_many_commands", "unknown_command"],
        )
        .problem(429, &["project_busy"]);
    for (status, code) in commands::all().iter().flat_map(|command| command.refusals.clone()) {
        operation = operation.problem(status, &[code]);
    }
    operation
}

fn writing(summary: &'static str, kind: &str) -> Operation {
    let mut operation = op(summary)
        .idempotent()
        .problem(403, &["forbidden"])
        .problem(404, &["not_found"])
        .problem(422, &["idempotency_key_reused"])
        .problem(429, &["project_busy"]);
    for (status, code) in commands::refusals(kind) {
        operation = operation.problem(status, &[code]);
    }
    operation
}

impl Operation {
    /// Named by [`crate::routing::at`] after the handler: `api::tasks::show` is `tasks.show`.
    pub fn handled_by(mut self, handler: &str) -> Self {
        let mut parts = handler.rsplit("::");
        let (name, module) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        self.id = format!("{module}.{name}");
        self
    }

    pub fn is_hidden(&self) -> bool {
        self.access == Credential::Hidden
    }

    /// Nobody needs a token.
    pub fn open(mut self) -> Self {
        self.access = Credential::Open;
        self.problems.remove(&401);
        self
    }

    /// The refresh token is the credential.
    pub fn refresh(mut self) -> Self {
        self.access = Credential::Refresh;
        self.problems.remove(&401);
        self.problem(401, &["invalid_token", "unauthenticated"])
    }

    /// Somebody has to be logged in; an API token is not enough.
    pub fn session(mut self) -> Self {
        self.access = Credential::Session;
        self.problem(403, &["session_required"])
    }

    /// Not part of the interface, such as a file of the page at `/docs`.
    pub fn hidden(mut self) -> Self {
        self.access = Credential::Hidden;
        self
    }

    /// A query parameter.
    pub fn query(mut self, name: &str, schema: Value, description: &str) -> Self {
        self.parameters.push(json!({
            "in": "query", "name": name, "required": false, "schema": schema, "description": description,
        }));
        self
    }

    /// A query parameter that must be there.
    pub fn required_query(mut self, name: &str, schema: Value, description: &str) -> Self {
        self.parameters.push(json!({
            "in": "query", "name": name, "required": true, "schema": schema, "description": description,
        }));
        self
    }

    fn header(mut self, name: &str, schema: Value, description: &str) -> Self {
        self.parameters.push(json!({
            "in": "header", "name": name, "required": false, "schema": schema, "description": description,
        }));
        self
    }

    /// A list that comes page by page.
    pub fn paged(self) -> Self {
        let limit = json!({"type": "integer", "minimum": 1, "maximum": 200, "default": 50});
        let cursor =
            "The `next_cursor` of the page before. Good only for the same list with the same filters.";
        self.query("limit", limit, "Most items of the page.").query(
            "cursor",
            json!({"type": "string"}),
            cursor,
        )
    }

    /// A write that `Idempotency-Key` makes safe to repeat.
    pub fn idempotent(self) -> Self {
        let key = json!({"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"});
        self.header("Idempotency-Key", key, "The same key gets the same answer again, on whichever instance.")
            .problem(503, &["outcome_unknown"])
    }

    /// A change of one task, which `If-Match` makes conditional.
    pub fn conditional(self) -> Self {
        let tag = json!({"type": "string", "pattern": "^(\\*|\"[0-9]{1,15}\")$"});
        self.header("If-Match", tag, "The task's `ETag`: its version in quotes.").problem(412, &["stale"])
    }

    /// A JSON body, with an example.
    pub fn with_body(self, schema: Value, example: Value) -> Self {
        let required = schema["required"].as_array().is_some_and(|fields| !fields.is_empty());
        let mut operation = self.may_have_body();
        operation.body = Some(json!({
            "required": required,
            "content": {"application/json": {"schema": schema, "example": example}},
        }));
        operation
    }

    fn may_have_body(self) -> Self {
        self.problem(400, &["malformed_json"])
            .problem(408, &["request_timeout"])
            .problem(413, &["body_too_large"])
            .problem(415, &["unsupported_media_type"])
            .problem(422, commands::INVALID)
    }

    /// No body is read, whatever else the command would take.
    pub fn without_body(mut self) -> Self {
        self.body = None;
        for status in [408, 413, 415] {
            self.problems.remove(&status);
        }
        self
    }

    /// What is answered when it went well. The example is the one of this name in [`examples`].
    pub fn answers(self, status: u16, description: &str, schema: Value, example: &str) -> Self {
        self.answers_as("application/json", status, description, schema, examples::find(example))
    }

    /// The same in another media type.
    pub fn answers_as(
        mut self,
        media_type: &str,
        status: u16,
        description: &str,
        schema: Value,
        example: Value,
    ) -> Self {
        let answer =
            self.answers.entry(status).or_insert_with(|| json!({"description": description, "content": {}}));
        answer["content"][media_type] = json!({"schema": schema, "example": example});
        self
    }

    /// An answer without a body.
    pub fn answers_empty(mut self, status: u16, description: &str) -> Self {
        self.answers.insert(status, json!({"description": description}));
        self
    }

    /// A header of the answers that went well.
    pub fn answers_header(mut self, name: &str, description: &str) -> Self {
        for answer in self.answers.values_mut() {
            answer["headers"][name] = json!({"schema": {"type": "string"}, "description": description});
        }
        self
    }

    /// The answer to a write: the resource `name`, of the schema `of`; 201 too if it is made.
    pub fn writes(self, name: &str, of: &str, makes: bool) -> Self {
        let changed =
            self.answers(200, "Done, or already so (then without events).", schema::written(name, of), name);
        let all = match makes {
            true => {
                let made = changed.answers(201, "Made.", schema::written(name, of), name);
                made.answers_header("location", "Where what was made can be read or changed.")
            }
            false => changed,
        };
        all.answers_header("idempotency-replayed", "`true` for the answer to a repeat.")
    }

    /// Codes it may be refused with. See [`crate::error`].
    pub fn problem(mut self, status: u16, codes: &[&'static str]) -> Self {
        self.problems.entry(status).or_default().extend(codes);
        self
    }

    /// The WebSocket.
    pub fn socket(self) -> Self {
        self.open()
            .answers_empty(101, "The socket is open.")
            .problem(400, &["no_websocket"])
            .problem(403, &["origin_not_allowed"])
            .problem(426, &["upgrade_required"])
    }

    /// The operation as it stands below `path`.
    pub fn document(&self, path: &str, method: &str, tag: &str) -> Value {
        let mut parameters = path_parameters(path);
        let mut problems = self.problems.clone();
        if self.access == Credential::Token && method != "get" {
            problems.entry(403).or_default().insert("insufficient_scope");
        }
        if !parameters.is_empty() {
            problems.entry(404).or_default().insert("not_found");
        }
        parameters.extend(self.parameters.iter().cloned());
        let mut responses: Map<String, Value> =
            self.answers.iter().map(|(status, answer)| (status.to_string(), answer.clone())).collect();
        responses
            .extend(problems.iter().map(|(status, codes)| (status.to_string(), refusal(*status, codes))));
        let mut operation = json!({
            "operationId": self.id, "tags": [tag], "summary": self.summary,
            "parameters": parameters, "responses": responses,
        });
        if let Some(body) = &self.body {
            operation["requestBody"] = body.clone();
        }
        match self.access {
            Credential::Open => operation["security"] = json!([]),
            Credential::Refresh => operation["security"] = json!([{"refresh": []}, {}]),
            Credential::Session => operation["security"] = json!([{"bearer": []}]),
            Credential::Token | Credential::Hidden => {}
        }
        operation
    }
}

fn refusal(status: u16, codes: &BTreeSet<&'static str>) -> Value {
    let first = codes.first().copied().unwrap_or_default();
    let example = json!({
        "type": format!("urn:lockstep:problem:{first}"),
        "title": error::title(first, status),
        "status": status,
        "detail": "What was wrong, in words.",
        "code": first,
        "request_id": "018f9c1e-0000-7000-8000-0000000000f1",
    });
    let described: Vec<String> = codes.iter().map(|code| format!("`{code}`")).collect();
    let mut refusal = json!({
        "description": format!("{}.", described.join(", ")),
        "content": {"application/problem+json": {
            "schema": {"allOf": [
                {"$ref": "#/components/schemas/Problem"},
                {"properties": {"status": {"const": status}, "code": {"enum": codes}}},
            ]},
            "example": example,
        }},
    });
    if matches!(status, 429 | 503) {
        let seconds =
            json!({"schema": {"type": "integer"}, "description": "Seconds after which to try again."});
        refusal["headers"]["retry-after"] = seconds;
    }
    refusal
}

/// The parameters that a path's template names.
fn path_parameters(path: &str) -> Vec<Value> {
    let names = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let uuid = json!({"type": "string", "format": "uuid"});
    names
        .map(|name| {
            let (schema, description) = match name {
                "task" => {
                    (json!({"anyOf": [uuid, {"type": "integer", "minimum": 1}]}), "A task's id or number.".to_owned())
                }
                "emoji" => (schema::named("Emoji"), "One emoji, percent-encoded.".to_owned()),
                "on" => (json!({"anyOf": [uuid, {"type": "integer", "minimum": 1}]}), "The other task's id or number.".to_owned()),
                "key" => (schema::named("Key"), "The key of a label or field.".to_owned()),
                other => (uuid.clone(), format!("The id of a {other}.")),
            };
            json!({"in": "path", "name": name, "required": true, "schema": schema, "description": description})
        })
        .collect()
}

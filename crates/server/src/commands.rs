//! A batch of commands as every door reads and answers it: atomic, or each on its own.

use crate::error::ApiError;
use domain::command::{Command, fresh_id};
use domain::json::{self, FieldProblem, Fields, Invalid, Refused, boolean};
use domain::{CommandId, ProjectId};
use engine::execute::{Answer, BatchKey, Identified, Mode, Outcome, Submission, Verdict};
use engine::{Caller, Engine};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use uuid::Uuid;

/// Most commands of a batch.
pub const MOST_COMMANDS: usize = 500;

/// The rpc method `commands`: `{project, commands, atomic?}` as JSON text.
///
/// # Errors
/// What HTTP would answer.
pub async fn over_socket(engine: &Engine, caller: Caller, data: &str) -> Result<Value, ApiError> {
    let mut fields = Fields::of(json::parse(data.as_bytes())?)?;
    let project = fields.required("project", ProjectId::read);
    let Some(project) = project else {
        return Err(fields.finish().expect_err("the project was refused").into());
    };
    let (answer, _) = execute(engine, caller, project, fields, None).await?;
    serde_json::to_value(answer).map_err(|error| ApiError::internal(error.to_string()))
}

/// Reads `{commands, atomic?}` and executes it. `key` is the id that the request brought for the whole batch. Tells whether the answer
/// is the one to an earlier request.
///
/// # Errors
/// Whatever refuses the batch as a whole.
pub async fn execute(
    engine: &Engine,
    caller: Caller,
    project: ProjectId,
    fields: Fields,
    key: Option<CommandId>,
) -> Result<(BatchAnswer, bool), ApiError> {
    let (commands, mode) = read(fields, key)?;
    let batch = key.map(|id| BatchKey { id, hash: hash(&commands, mode) });
    let submission = Submission { project, caller, commands, mode, batch };
    match engine.submit(submission).await? {
        Answer::Refused { index, refusal, replayed } => {
            Err(ApiError::refused(&refusal).with("index", json!(index)).replayed(replayed))
        }
        Answer::Decided { outcomes, version, replayed } => {
            Ok((BatchAnswer::of(&outcomes, version, mode)?, replayed))
        }
    }
}

fn read(mut fields: Fields, key: Option<CommandId>) -> Result<(Vec<Identified>, Mode), ApiError> {
    let commands = fields.required("commands", |value| {
        let Value::Array(items) = value else { return Err(Refused::not_a("a list of commands")) };
        if items.len() > MOST_COMMANDS {
            let detail = format!("at most {MOST_COMMANDS}");
            return Err(Refused { code: "too_many_commands", detail });
        }
        Ok(items)
    });
    let atomic = fields.optional("atomic", boolean).unwrap_or(true);
    fields.finish()?;
    let mut read = Vec::new();
    let mut errors: Vec<FieldProblem> = Vec::new();
    for (index, value) in commands.unwrap_or_default().into_iter().enumerate() {
        match Command::read(value) {
            Ok((_, Some(_))) if key.is_some() => {
                let detail = "Idempotency-Key sets the ids of all commands; leave command_id out.";
                return Err(ApiError::new("command_id_twice", detail));
            }
            Ok((command, own)) => read.push(identified(command, own.or(key.map(|key| id_at(key, index))))),
            Err(invalid) => errors.extend(invalid.below(&format!("/commands/{index}")).errors),
        }
    }
    if !errors.is_empty() {
        return Err(Invalid { errors }.into());
    }
    Ok((read, if atomic { Mode::Atomic } else { Mode::Each }))
}

fn identified(command: Command, id: Option<CommandId>) -> Identified {
    Identified { command, id: id.unwrap_or_else(fresh_id), repeatable: id.is_some(), if_match: None }
}

fn hash(commands: &[Identified], mode: Mode) -> [u8; 32] {
    let commands: Vec<&Command> = commands.iter().map(|identified| &identified.command).collect();
    domain::digest::hash(&json!({"commands": commands, "atomic": mode == Mode::Atomic}))
}

/// The id that a batch's key gives to the command at `index`.
fn id_at(key: CommandId, index: usize) -> CommandId {
    CommandId(Uuid::new_v5(&key.0, index.to_string().as_bytes()))
}

/// What a batch is answered with. Events are the log's own bytes.
#[derive(serde::Serialize)]
#[serde(untagged)]
pub enum BatchAnswer {
    Atomic { version: i64, events: Vec<Box<RawValue>> },
    Each { version: i64, results: Vec<ResultOf> },
}

#[derive(serde::Serialize)]
#[serde(untagged)]
pub enum ResultOf {
    Decided { version: i64, event: Option<Box<RawValue>> },
    Refused { problem: Value },
}

impl BatchAnswer {
    fn of(outcomes: &[Outcome], version: i64, mode: Mode) -> Result<BatchAnswer, ApiError> {
        Ok(match mode {
            Mode::Atomic => {
                let events = outcomes.iter().filter_map(|outcome| event(outcome).transpose());
                BatchAnswer::Atomic { version, events: events.collect::<Result<_, _>>()? }
            }
            Mode::Each => {
                let results = outcomes.iter().map(result).collect::<Result<_, _>>()?;
                BatchAnswer::Each { version, results }
            }
        })
    }
}

fn result(outcome: &Outcome) -> Result<ResultOf, ApiError> {
    Ok(match &outcome.verdict {
        Verdict::Refused(refusal) => ResultOf::Refused { problem: ApiError::refused(refusal).document() },
        Verdict::Changed { .. } | Verdict::Unchanged { .. } => {
            ResultOf::Decided { version: outcome.version, event: event(outcome)? }
        }
    })
}

fn event(outcome: &Outcome) -> Result<Option<Box<RawValue>>, ApiError> {
    let event = outcome.event().map(|event| RawValue::from_string(event.to_owned())).transpose();
    event.map_err(|error| ApiError::internal(error.to_string()))
}

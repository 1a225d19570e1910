//! Step 1 of 8: what a request says besides its body: ids in the path, keys and preconditions in headers, and who may read.

use crate::app::App;
use crate::error::ApiError;
use actix_web::http::header::{self, ETag, EntityTag, IfNoneMatch};
use actix_web::{HttpMessage, HttpRequest, web};
use domain::command::Command;
use domain::json::{FieldProblem, Fields, Invalid};
use domain::{CommandId, CommentId, ProjectId, TaskId, UserId, Version};
use engine::Caller;
use engine::read::NamedTask;
use serde_json::{Map, Value};
use uuid::Uuid;

/// The namespace of keys that are no UUIDs (RFC 9562 §5.5).
const KEY_NAMESPACE: Uuid = Uuid::from_u128(0x7d1c_52f0_3b0e_5d6c_9a41_1f6b_0e2c_77a4);
const LONGEST_KEY: usize = 255;

/// A required field after [`Fields::finish`] has found nothing wrong.
///
/// # Errors
/// When it is missing all the same.
pub fn read<T>(field: Option<T>) -> Result<T, Invalid> {
    field.ok_or(Invalid { errors: Vec::new() })
}

/// An id of the path. What is no UUID names nothing.
///
/// # Errors
/// 404.
pub fn project(path: &str) -> Result<ProjectId, ApiError> {
    ProjectId::parse(path).ok_or_else(ApiError::not_found)
}

/// # Errors
/// 404.
pub fn user(path: &str) -> Result<UserId, ApiError> {
    UserId::parse(path).ok_or_else(ApiError::not_found)
}

/// # Errors
/// 404.
pub fn comment(path: &str) -> Result<CommentId, ApiError> {
    CommentId::parse(path).ok_or_else(ApiError::not_found)
}

/// A task of the path: its id, or its number, alone or after the project's key. Only a member learns the id of these.
///
/// # Errors
/// 404, 401.
pub async fn task(
    app: &web::Data<App>,
    caller: &Caller,
    project: ProjectId,
    path: &str,
) -> Result<TaskId, ApiError> {
    if let Some(id) = TaskId::parse(path) {
        return Ok(id);
    }
    Ok(app.engine.read(NamedTask { caller: caller.clone(), project, name: path.to_owned() }).await?)
}

/// The command id that `Idempotency-Key` sets: the key itself if it is a UUID, else the UUIDv5 of it.
///
/// # Errors
/// 400 for a key that is empty, too long or given twice.
pub fn idempotency_key(request: &HttpRequest) -> Result<Option<CommandId>, ApiError> {
    let mut keys = request.headers().get_all("idempotency-key");
    let Some(key) = keys.next() else { return Ok(None) };
    let text = key.to_str().unwrap_or_default().trim();
    if text.is_empty() || text.len() > LONGEST_KEY || keys.next().is_some() {
        let detail = format!("Idempotency-Key must be given once, with 1 to {LONGEST_KEY} characters.");
        return Err(ApiError::new("malformed_request", detail));
    }
    Ok(Some(
        CommandId::parse(text).unwrap_or_else(|| CommandId(Uuid::new_v5(&KEY_NAMESPACE, text.as_bytes()))),
    ))
}

/// The id of a project that `POST /projects` makes without one: the same for every repeat of a person's key.
pub fn project_of_key(user: UserId, key: CommandId) -> ProjectId {
    ProjectId(Uuid::new_v5(&user.0, key.0.as_bytes()))
}

/// The tag of a task: its version.
pub fn task_tag(version: Version) -> ETag {
    ETag(EntityTag::new_strong(version.to_string()))
}

/// The tag of a snapshot. Weak, because its bytes depend on the coding.
pub fn snapshot_tag(epoch: &str, version: Version) -> EntityTag {
    EntityTag::new_weak(format!("{epoch}.{version}"))
}

/// The version that `If-Match` names (RFC 9110 §13.1.1). `*` has no effect, because the path already names the task.
///
/// The value is read as one tag and not as `IfMatch`, because that of actix-web 4.18 leaves out what is no tag: a client
/// with a malformed tag would be answered as if it were stale, or its change would be unconditional.
///
/// # Errors
/// 400 for what is no tag of ours.
pub fn if_match(request: &HttpRequest) -> Result<Option<Version>, ApiError> {
    let Some(value) = request.headers().get(header::IF_MATCH) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim();
    if text == "*" {
        return Ok(None);
    }
    let tag = text.parse().ok().filter(|tag: &EntityTag| !tag.weak);
    let version = tag.and_then(|tag| tag.tag().parse().ok());
    let detail = "If-Match must be the ETag of the task, a version in quotes.";
    version.map(Some).ok_or_else(|| ApiError::new("malformed_request", detail))
}

/// The tags that `If-None-Match` names (RFC 9110 §13.1.2). Anything else in it is left out.
fn if_none_match(request: &impl HttpMessage) -> Vec<EntityTag> {
    match request.get_header() {
        Some(IfNoneMatch::Items(tags)) => tags,
        Some(IfNoneMatch::Any) | None => Vec::new(),
    }
}

/// Whether `If-None-Match` is `*`: whatever there is, is not sent.
pub fn knows_any(request: &impl HttpMessage) -> bool {
    matches!(request.get_header(), Some(IfNoneMatch::Any))
}

/// Whether `If-None-Match` names this tag (RFC 9110 §8.8.3.2, weakly), or any.
pub fn knows(request: &impl HttpMessage, tag: &EntityTag) -> bool {
    knows_any(request) || if_none_match(request).iter().any(|known| known.weak_eq(tag))
}

/// The epochs and versions of the snapshots that `If-None-Match` names.
pub fn known_snapshots(request: &impl HttpMessage) -> Vec<(String, Version)> {
    let tags = if_none_match(request);
    let position = |tag: &EntityTag| {
        let (epoch, version) = tag.tag().rsplit_once('.')?;
        Some((epoch.to_owned(), version.parse().ok()?))
    };
    tags.iter().filter_map(position).collect()
}

/// Reads a command whose type and ids come from the path, and the rest from the body.
///
/// # Errors
/// 422 for every field that is refused, also one that the path decides.
pub fn command(kind: &str, body: Value, from_path: &[(&str, String)]) -> Result<Command, ApiError> {
    let mut body = object(body)?;
    for (name, value) in from_path {
        if body.contains_key(*name) {
            return Err(unknown(name).into());
        }
        body.insert((*name).to_owned(), Value::String(value.clone()));
    }
    Ok(Command::read_as(kind, Fields::of(Value::Object(body))?)?)
}

/// Reads a change whose `set` stands at the top level of the body, with `beside` next to it.
///
/// # Errors
/// 422, with pointers as the body has them.
pub fn change(
    kind: &str,
    body: Value,
    beside: &[&str],
    from_path: &[(&str, String)],
) -> Result<Command, ApiError> {
    let mut set = object(body)?;
    let mut outer = Map::new();
    for name in beside {
        outer.extend(set.remove(*name).map(|value| ((*name).to_owned(), value)));
    }
    outer.insert("set".to_owned(), Value::Object(set));
    for (name, value) in from_path {
        outer.insert((*name).to_owned(), Value::String(value.clone()));
    }
    let read = Fields::of(Value::Object(outer)).and_then(|fields| Command::read_as(kind, fields));
    Ok(read.map_err(|mut invalid| {
        for error in &mut invalid.errors {
            error.pointer = error.pointer.strip_prefix("/set").unwrap_or(&error.pointer).to_owned();
        }
        invalid
    })?)
}

fn object(body: Value) -> Result<Map<String, Value>, Invalid> {
    if let Value::Object(fields) = body { Ok(fields) } else { Fields::of(body).map(|_| Map::new()) }
}

fn unknown(name: &str) -> Invalid {
    let detail = "is decided by the path".to_owned();
    Invalid { errors: vec![FieldProblem { pointer: format!("/{name}"), code: "unknown_field", detail }] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn if_match_is_one_strong_tag_that_is_a_version() {
        let read = |value: &str| {
            if_match(&TestRequest::default().insert_header((header::IF_MATCH, value)).to_http_request())
        };
        assert_eq!(read("\"4\"").ok(), Some(Some(4)));
        assert_eq!(read(" * ").ok(), Some(None));
        for wrong in ["", "4", "\"x\"", "W/\"4\"", "\"4", "\"3\", \"4\"", "\"4\", x", "x, \"4\"", "\"\""] {
            assert_eq!(read(wrong).expect_err(wrong).code(), "malformed_request", "{wrong}");
        }
    }

    #[test]
    fn if_none_match_names_every_tag_and_nothing_else() {
        let read = |values: &[&str]| {
            let request = values.iter().fold(TestRequest::default(), |request, value| {
                request.append_header((header::IF_NONE_MATCH, *value))
            });
            let tags = if_none_match(&request.to_http_request());
            tags.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
        };
        for (values, tags) in [
            (&["W/\"e.1\""][..], "W/\"e.1\""),
            (&["\"e.1\",W/\"e.2\" , \"\""], "\"e.1\" W/\"e.2\" \"\""),
            (&["e.1, \"e.2, w/\"e.3\", \"e.4\""], "\"e.4\""),
            (&["\"e.1\"", "\"e.2\""], "\"e.1\" \"e.2\""),
            (&["*"], ""),
            (&[""], ""),
            (&[], ""),
        ] {
            assert_eq!(read(values), tags, "{values:?}");
        }
    }
}

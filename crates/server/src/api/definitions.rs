//! `…/labels/{key}` and `…/fields/{key}`: what a project defines for its tasks. The project lists them.

use crate::api::{answer, request};
use crate::app::App;
use crate::auth::Bearer;
use crate::body::JsonBody;
use crate::error::ApiError;
use crate::openapi::{command, field_body};
use crate::routing::{Routes, at, delete, put};
use actix_web::{HttpRequest, HttpResponse, web};
use domain::command::Command;
use domain::json::Fields;
use domain::text::Key;
use engine::Caller;
use serde_json::json;

pub fn routes(routes: &mut Routes) {
    let puts = command(
        "label.put",
        "Adds a label, or changes the one with this key; an archived one is back",
        &["key"],
    );
    let archives = command("label.archive", "Archives a label: tasks keep it, none gets it anew", &["key"]);
    routes.service(at(
        "/projects/{project}/labels/{key}",
        [
            put(put_label, puts.writes("label", "Label", false)),
            delete(archive_label, archives.without_body().writes("label", "Label", false)),
        ],
    ));
    let (body, example) = field_body();
    let puts = command(
        "field.put",
        "Adds a custom field, or changes the one with this key; its type stays",
        &["key"],
    );
    let archives = command("field.archive", "Archives a field: tasks keep their values", &["key"]);
    routes.service(at(
        "/projects/{project}/fields/{key}",
        [
            put(put_field, puts.with_body(body, example).writes("field", "Field", false)),
            delete(archive_field, archives.without_body().writes("field", "Field", false)),
        ],
    ));
}

type Path = web::Path<(String, String)>;

async fn put_label(
    request: HttpRequest,
    path: Path,
    app: web::Data<App>,
    Bearer(caller): Bearer,
    JsonBody(body): JsonBody,
) -> Result<HttpResponse, ApiError> {
    // What cannot be a key is refused as one.
    let command = request::command("label.put", body, &[("key", path.1.clone())])?;
    answer::write(&request, &app, caller, request::project(&path.0)?, command, None).await
}

async fn archive_label(
    request: HttpRequest,
    path: Path,
    app: web::Data<App>,
    Bearer(caller): Bearer,
) -> Result<HttpResponse, ApiError> {
    archive("label.archive", &request, &path, &app, caller).await
}

async fn archive_field(
    request: HttpRequest,
    path: Path,
    app: web::Data<App>,
    Bearer(caller): Bearer,
) -> Result<HttpResponse, ApiError> {
    archive("field.archive", &request, &path, &app, caller).await
}

async fn archive(
    kind: &str,
    request: &HttpRequest,
    path: &Path,
    app: &web::Data<App>,
    caller: Caller,
) -> Result<HttpResponse, ApiError> {
    let project = request::project(&path.0)?;
    let command = request::command(kind, json!({}), &[("key", key(path)?)])?;
    answer::write(request, app, caller, project, command, None).await
}

/// Here the field's type is `type`; in a batch that is the command's own.
async fn put_field(
    request: HttpRequest,
    path: Path,
    app: web::Data<App>,
    Bearer(caller): Bearer,
    JsonBody(body): JsonBody,
) -> Result<HttpResponse, ApiError> {
    let project = request::project(&path.0)?;
    let mut fields = Fields::of(body)?;
    fields.rename("type", "field_type");
    fields.insert("key", json!(path.1));
    let read = Command::read_as("field.put", fields);
    let command = read.map_err(|mut invalid| {
        let told = invalid.errors.iter_mut().filter(|error| error.pointer == "/field_type");
        told.for_each(|error| error.pointer = "/type".to_owned());
        invalid
    })?;
    answer::write(&request, &app, caller, project, command, None).await
}

/// What is no key names nothing.
fn key(path: &Path) -> Result<String, ApiError> {
    Key::new(path.1.clone()).map(|key| key.to_string()).map_err(|_| ApiError::not_found())
}

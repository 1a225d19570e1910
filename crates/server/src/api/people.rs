//! `GET /people` and `GET …/people`: the names that belong to ids.

use crate::api::page::{self, Query, invalid};
use crate::api::request;
use crate::app::App;
use crate::auth::Bearer;
use crate::error::ApiError;
use crate::openapi::{list as list_of, named, object, op};
use crate::routing::{Routes, at, get};
use actix_web::http::header::{self, ETag, EntityTag};
use actix_web::{HttpRequest, HttpResponse, web};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use domain::text::NAME_CHARACTERS;
use engine::read::{Colleague, Colleagues, ColleaguesPage, ColleaguesPageEnd, Person, ProjectPeople};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub fn routes(routes: &mut Routes) {
    let flag = || json!({"type": "boolean"});
    let text = || json!({"type": "string"});
    let colleague = object(json!({"id": named("UserId"), "name": text(), "active": flag()}));
    let beginning = json!({"type": "string", "maxLength": NAME_CHARACTERS});
    let lists = op("Everybody with whom you share a project, by name")
        .query("q", beginning, "How their name, or a word of it, begins, in any case.")
        .paged()
        .answers(200, "A page.", list_of(colleague, false), "colleagues");
    routes.service(at("/people", [get(colleagues, lists)]));
    let person = object(json!({"id": named("UserId"), "name": text(), "active": flag(), "member": flag()}));
    let names = op("Everybody the log names")
        .answers(200, "All of them.", list_of(person, false), "people")
        .answers_header("etag", "Changes with any of it.")
        .answers_empty(304, "It is the answer that `If-None-Match` names.");
    routes.service(at("/projects/{project}/people", [get(of_project, names)]));
}

async fn colleagues(
    request: HttpRequest,
    app: web::Data<App>,
    Bearer(caller): Bearer,
) -> Result<HttpResponse, ApiError> {
    let mut query = Query::of(request.query_string());
    let fingerprint = query.fingerprint(&format!("people {}", caller.user));
    let allowed = format!("at most {NAME_CHARACTERS} characters");
    let is_short = |text: &str| (text.chars().count() <= NAME_CHARACTERS).then(|| text.to_owned());
    let beginning = query.one("q", &allowed, is_short)?.unwrap_or_default();
    let (limit, after) = (query.limit()?, query.place::<ColleaguesPageEnd>(&fingerprint)?);
    query.finish()?;
    if after.as_ref().is_some_and(|after| after.order.contains('\0')) {
        return Err(invalid("cursor", "is not one that this list gave"));
    }
    let asked = Colleagues { caller, beginning, after, limit };
    let ColleaguesPage { people, next } = app.engine.read(asked).await?;
    let colleague = |p: &Colleague| json!({"id": p.id, "name": p.name, "active": p.active});
    let items: Vec<Value> = people.iter().map(colleague).collect();
    let next_cursor = next.map(|next| page::cursor(&fingerprint, next));
    Ok(HttpResponse::Ok().json(json!({"items": items, "next_cursor": next_cursor})))
}

async fn of_project(
    request: HttpRequest,
    path: web::Path<String>,
    app: web::Data<App>,
    Bearer(caller): Bearer,
) -> Result<HttpResponse, ApiError> {
    let project = request::project(&path)?;
    let people = app.engine.read(ProjectPeople { caller, project }).await?;
    let person = |p: &Person| json!({"id": p.id, "name": p.name, "active": p.active, "member": p.member});
    let items: Vec<Value> = people.iter().map(person).collect();
    let body = json!({"items": items, "next_cursor": null}).to_string();
    // Names have no version, so the tag is of the answer itself.
    let tag = EntityTag::new_weak(BASE64.encode(&Sha256::digest(&body)[..16]));
    let is_same = request::knows(&request, &tag);
    let mut response = if is_same { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response.insert_header((header::CACHE_CONTROL, "private, no-cache")).insert_header(ETag(tag));
    match is_same {
        true => Ok(response.finish()),
        false => Ok(response.content_type("application/json").body(body)),
    }
}

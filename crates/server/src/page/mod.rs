//! The page in the browser: its files, and the document that every address of a screen begins with.

pub mod files;
#[cfg(test)]
mod tests;

use crate::api::encoding;
use crate::api::request::knows;
use crate::app::App;
use crate::body;
use crate::error::ApiError;
use actix_web::http::Method;
use actix_web::http::header::{self, Accept, ContentEncoding, ETag, EntityTag, Quality};
use actix_web::{HttpMessage, HttpRequest, HttpResponse, web};
use bytes::Bytes;
use files::{File, HASHED, Page};

/// What a document of the page may load and do: nothing from elsewhere but pictures that somebody asked to see.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https:; \
                      font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'self'; \
                      form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'";

/// What addresses begin with that are no screens.
const OTHERS: [&str; 7] = ["api", "connection", "health", "docs", "openapi.json", "metrics", "mcp"];

const FOR_EVER: &str = "public, max-age=31536000, immutable";
const ASK_AGAIN: &str = "no-cache";

/// Answers what no other address does.
///
/// # Errors
/// 404 for what is neither a file nor a screen. Caches may not keep a 404 for a file with a hash, because the build that has it
/// may start later. 503 when Postgres is away and the file is not of this build.
pub async fn show(
    request: HttpRequest,
    app: web::Data<App>,
    unread: web::Payload,
) -> Result<HttpResponse, ApiError> {
    if let Some(answer) = answer(&request, &app.page) {
        return Ok(answer);
    }
    body::abandon(&request, unread);
    if !is_get(&request) || !path(&request).starts_with(HASHED) {
        return Err(ApiError::not_found());
    }
    of_another_build(&request, &app).await.map_err(|error| error.header(header::CACHE_CONTROL, "no-store"))
}

/// A page that another instance began asks here for the files of its build, because the balancer sends each request where it likes.
async fn of_another_build(request: &HttpRequest, app: &App) -> Result<HttpResponse, ApiError> {
    let file = app.engine.page_files.find(path(request).to_owned()).await?;
    Ok(shown(request, &file.ok_or_else(ApiError::not_found)?.into(), FOR_EVER))
}

/// Shares the files of this build with the other instances. Pages of this build may come to them as soon as it answers.
pub async fn share(app: &App) {
    if let Err(error) = app.engine.page_files.have(&app.page.hashed()).await {
        tracing::warn!(%error, "the page's files are not shared with the other instances yet");
    }
}

fn answer(request: &HttpRequest, page: &Page) -> Option<HttpResponse> {
    if !is_get(request) {
        return None;
    }
    let path = path(request);
    let first = path.split('/').next().unwrap_or_default();
    let last = path.rsplit('/').next().unwrap_or_default();
    match page.file(path) {
        Some(file) if path.starts_with(HASHED) => Some(shown(request, file, FOR_EVER)),
        Some(file) => Some(shown(request, file, ASK_AGAIN)),
        // A screen has no address with a dot in it: a missing file is missing, not a document.
        None if OTHERS.contains(&first) || path.starts_with(HASHED) || last.contains('.') => None,
        None => wants_document(request).then(|| shown(request, page.index(), ASK_AGAIN)),
    }
}

fn is_get(request: &HttpRequest) -> bool {
    [Method::GET, Method::HEAD].contains(request.method())
}

fn path(request: &HttpRequest) -> &str {
    request.path().trim_start_matches('/')
}

/// Whether the client is a browser that opens a page, or does not say what it wants. A program asks for JSON.
fn wants_document(request: &HttpRequest) -> bool {
    let ranges = request.get_header::<Accept>().map_or_else(Vec::new, |accept| accept.0);
    let takes = |media_type: &str| {
        ranges.iter().any(|range| range.quality > Quality::ZERO && range.item.essence_str() == media_type)
    };
    ranges.is_empty() || takes("text/html") || takes("*/*") && !takes("application/json")
}

fn shown(request: &HttpRequest, file: &File, caching: &'static str) -> HttpResponse {
    let forms = [Form::Plain, Form::Gzip, Form::Brotli];
    let forms: Vec<Form> = forms.into_iter().filter(|form| form.of(file).is_some()).collect();
    let form = encoding::best(request, &forms, Form::typed).unwrap_or(Form::Plain);
    let tag = EntityTag::new_strong(format!("{}{}", file.tag, form.suffix()));
    let is_known = knows(request, &tag);
    let mut answer = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    answer.insert_header((header::CACHE_CONTROL, caching)).insert_header(ETag(tag));
    answer.insert_header((header::CONTENT_SECURITY_POLICY, POLICY));
    answer.insert_header((header::CROSS_ORIGIN_OPENER_POLICY, "same-origin"));
    if forms.len() > 1 {
        answer.insert_header((header::VARY, "accept-encoding"));
    }
    if is_known {
        return answer.finish();
    }
    if !matches!(form, Form::Plain) {
        answer.insert_header(form.typed());
    }
    answer.content_type(file.media_type.as_str()).body(form.of(file).cloned().unwrap_or_default())
}

/// A form of a file.
#[derive(Clone, Copy)]
enum Form {
    Plain,
    Gzip,
    Brotli,
}

impl Form {
    fn typed(self) -> ContentEncoding {
        match self {
            Form::Plain => ContentEncoding::Identity,
            Form::Gzip => ContentEncoding::Gzip,
            Form::Brotli => ContentEncoding::Brotli,
        }
    }

    /// Tells the tags of two forms of one file apart (RFC 9110 §8.8.3.3).
    fn suffix(self) -> &'static str {
        match self {
            Form::Plain => "",
            Form::Gzip => "-gz",
            Form::Brotli => "-br",
        }
    }

    fn of(self, file: &File) -> Option<&Bytes> {
        match self {
            Form::Plain => Some(&file.plain),
            Form::Gzip => file.gzip.as_ref(),
            Form::Brotli => file.brotli.as_ref(),
        }
    }
}

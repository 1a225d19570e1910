use super::files::tests::page;
use super::*;
use actix_web::body::MessageBody;
use actix_web::http::StatusCode;
use actix_web::test::TestRequest;

fn request(path: &str, headers: &[(&str, &str)]) -> HttpRequest {
    let request = TestRequest::get().uri(path);
    headers.iter().fold(request, |request, header| request.insert_header(*header)).to_http_request()
}

fn asked(path: &str, headers: &[(&str, &str)]) -> Option<HttpResponse> {
    answer(&request(path, headers), &page("/"))
}

fn header<'a>(answer: &'a HttpResponse, name: &str) -> &'a str {
    answer.headers().get(name).map_or("", |value| value.to_str().expect("ASCII"))
}

fn body(answer: HttpResponse) -> Bytes {
    answer.into_body().try_into_bytes().expect("it is there")
}

#[test]
fn every_address_of_a_screen_begins_with_the_document() {
    for path in ["/", "/p/1/12", "/SHOP-12", "/join", "/me/sessions", "/inbox", "/apiary"] {
        for headers in [&[][..], &[("accept", "*/*")], &[("accept", "text/html,*/*;q=0.8")]] {
            let answer = asked(path, headers).unwrap_or_else(|| panic!("nothing at {path}"));
            assert_eq!(header(&answer, "cache-control"), "no-cache");
            assert_eq!(body(answer), "<head><base href=\"/\" /></head>");
        }
    }
}

#[test]
fn what_is_no_screen_is_not_the_document() {
    let html = [("accept", "text/html")];
    for path in ["/api", "/api/v2/me", "/docs/x", "/health", "/metrics", "/mcp", "/connection/sse"] {
        assert!(asked(path, &html).is_none(), "{path}");
    }
    for path in ["/assets/gone-3c4d.js", "/assets/", "/assets/main-1a2b.js.br", "/sw.js", "/index.html.gz"] {
        assert!(asked(path, &html).is_none(), "{path}");
    }
    for accept in ["application/json", "application/json, */*", "text/html;q=0", "image/png"] {
        assert!(asked("/p/1", &[("accept", accept)]).is_none(), "{accept}");
    }
    let post = TestRequest::post().uri("/p/1").to_http_request();
    assert!(answer(&post, &page("/")).is_none());
}

#[test]
fn only_files_with_a_hash_in_their_name_are_kept_for_ever() {
    let caching = |path: &str| header(&asked(path, &[]).expect("a file"), "cache-control").to_owned();
    assert_eq!(caching("/assets/main-1a2b.js"), "public, max-age=31536000, immutable");
    assert_eq!(caching("/theme.js"), "no-cache");
}

#[test]
fn the_form_that_the_client_takes_is_sent() {
    for (accepted, coding, text) in [
        ("gzip, deflate, br, zstd", "br", "br"),
        ("gzip", "gzip", "gz"),
        ("br;q=0, gzip", "gzip", "gz"),
        ("br;q=0.5, gzip", "gzip", "gz"),
        ("br;q=0, gzip;q=0", "", "plain"),
        ("zstd", "", "plain"),
    ] {
        let answer = asked("/assets/main-1a2b.js", &[("accept-encoding", accepted)]).expect("a file");
        assert_eq!(header(&answer, "content-encoding"), coding, "{accepted}");
        assert_eq!(header(&answer, "vary"), "accept-encoding");
        assert_eq!(body(answer), text, "{accepted}");
    }
    let single = asked("/theme.js", &[("accept-encoding", "br")]).expect("a file");
    assert_eq!((header(&single, "content-encoding"), header(&single, "vary")), ("", ""));
}

#[test]
fn a_form_that_the_client_has_is_not_sent_again() {
    let first = asked("/", &[("accept-encoding", "gzip")]).expect("the document");
    let tag = header(&first, "etag").to_owned();
    let again = asked("/", &[("accept-encoding", "gzip"), ("if-none-match", &tag)]).expect("the document");
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(header(&again, "etag"), tag);
    assert!(body(again).is_empty());
    let plain = asked("/", &[("if-none-match", &tag)]).expect("the document");
    assert_eq!(plain.status(), StatusCode::OK, "another form has another tag");
}

use super::wire::bare_answer;
use super::*;
use actix_web::body::MessageBody;
use std::pin::pin;
use tokio::io::{AsyncReadExt, AsyncWrite};
use tokio::time::Instant;

const BARE: &[u8] = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\ndate: Mon, 23 Nov 2026 10:00:00 GMT\r\n\r\n";
const SOON: Duration = Duration::from_secs(10);

/// A wire and the client's end of it.
async fn wire(head_time: Duration) -> (Wire, TcpStream) {
    let (client, stream) = crate::loopback::connection().await;
    (Wire::new(stream, head_time), client)
}

/// What `serve` waits for, with `dispatcher` in the place of actix'.
async fn end_of(wire: &Wire, dispatcher: impl Future<Output = Result<(), DispatchError>>) -> Option<String> {
    let (mut dispatcher, mut alarm) = (pin!(dispatcher), None);
    let end = poll_fn(|cx| poll(wire, dispatcher.as_mut(), &mut alarm, cx));
    said(timeout(SOON, end).await.expect("an end"))
}

/// The same, with a dispatcher that waits for ever.
async fn end_of_idle(wire: &Wire) -> Option<String> {
    let mut alarm = None;
    let end = poll_fn(|cx| poll(wire, pin!(std::future::pending()), &mut alarm, cx));
    said(end.await)
}

fn said(end: End) -> Option<String> {
    match end {
        End::Silent => None,
        End::Refused(error) => Some(error.code().to_owned()),
        End::Switched => Some("switched".to_owned()),
    }
}

#[test]
fn only_what_ends_with_a_head_of_few_headers_looks_like_a_bare_answer() {
    assert_eq!(bare_answer(BARE), Some(0));
    assert_eq!(bare_answer(&[b"rest of an answer", BARE].concat()), Some(17));
    let ours = format!("HTTP/1.1 204 No Content\r\nx-request-id: {}\r\n\r\n", "1".repeat(160));
    for ordinary in [b"".as_slice(), b"{}", ours.as_bytes(), &BARE[..BARE.len() - 1]] {
        assert_eq!(bare_answer(ordinary), None);
    }
}

#[tokio::test]
async fn an_ordinary_answer_that_looks_bare_reaches_the_client_whole_and_in_order() {
    let (wire, mut client) = wire(SOON).await;
    let answer = [b"before ", BARE, b" after"].concat();
    let mut out = wire.clone();
    let dispatcher = async {
        out.write_all(&answer[..7 + BARE.len()]).await.expect("written");
        let mut got = vec![0; 7 + BARE.len()];
        client.read_exact(&mut got).await.expect("the look-alike, while the dispatcher goes on");
        out.write_all(b" after").await.expect("written");
        out.write_all(BARE).await.expect("written");
        out.shutdown().await.expect("closed");
        client.read_to_end(&mut got).await.expect("the end");
        assert_eq!(got, [&answer, BARE].concat());
        Ok(())
    };
    assert_eq!(end_of(&wire, dispatcher).await, None);
}

#[tokio::test]
async fn a_bare_answer_is_held_and_becomes_a_reason() {
    for (error, code) in
        [(ParseError::TooLarge, "headers_too_large"), (ParseError::Header, "malformed_request")]
    {
        let (wire, client) = wire(SOON).await;
        let mut out = wire.clone();
        let dispatcher = async {
            out.write_all(BARE).await.expect("taken");
            Err(DispatchError::Parse(error))
        };
        assert_eq!(end_of(&wire, dispatcher).await.as_deref(), Some(code));
        let nothing = client.try_read(&mut [0; 1]).expect_err("nothing was sent");
        assert_eq!(nothing.kind(), io::ErrorKind::WouldBlock);
    }
}

#[tokio::test]
async fn a_head_has_a_deadline_and_an_answer_or_an_idle_connection_has_none() {
    let head_time = Duration::from_millis(50);
    let (wire, mut client) = wire(head_time).await;
    let mut incoming = wire.clone();
    assert_eq!(end_of_idle(&wire).await.as_deref(), Some("request_timeout"), "nothing came");
    let answering = wire.connection.answering();
    client.write_all(b"body").await.expect("sent");
    incoming.read_exact(&mut [0; 4]).await.expect("read");
    let quiet = || timeout(head_time * 4, end_of_idle(&wire));
    assert!(quiet().await.is_err(), "a body is no head");
    drop(answering);
    assert!(quiet().await.is_err(), "an idle connection is not waited for");
    client.write_all(b"G").await.expect("sent");
    let later = Instant::now();
    incoming.read_exact(&mut [0; 1]).await.expect("read");
    assert_eq!(end_of_idle(&wire).await.as_deref(), Some("request_timeout"), "a later head");
    assert!(later.elapsed() >= head_time);
}

#[tokio::test]
async fn only_an_endless_answer_ends_with_a_client_that_closes_its_half() {
    let (wire, mut client) = wire(SOON).await;
    client.shutdown().await.expect("half closed");
    let _answering = wire.connection.answering();
    let mut incoming = wire.clone();
    let page = async {
        assert_eq!(incoming.read(&mut [0; 1]).await.expect("the end"), 0);
        tokio::task::yield_now().await;
        Ok(())
    };
    assert_eq!(end_of(&wire, page).await, None, "the page was produced to its end");
    wire.connection.ends_with_its_reader();
    assert_eq!(end_of(&wire, std::future::pending()).await, None, "the stream was not");
}

#[tokio::test]
async fn a_connection_that_switches_protocols_leaves_its_dispatcher_when_the_head_is_out() {
    const HEAD: &[u8] = b"HTTP/1.1 101 Switching Protocols\r\n\r\n";
    let (wire, mut client) = wire(SOON).await;
    let answering = wire.connection.answering();
    let mut body = wire.connection.switch(async |_| ());
    let mut out = wire.clone();
    let dispatcher = async {
        let empty = poll_fn(|cx| Poll::Ready(Pin::new(&mut body).poll_next(cx).is_pending())).await;
        assert!(empty);
        drop(answering);
        // The client takes nothing: the head stands behind this, in actix' buffer.
        let full = [b'x'; 65_536];
        while let Poll::Ready(written) =
            poll_fn(|cx| Poll::Ready(Pin::new(&mut out).poll_write(cx, &full))).await
        {
            written.expect("room");
        }
        out.write_all(HEAD).await.expect("written");
        std::future::pending().await
    };
    let mut ending = pin!(end_of(&wire, dispatcher));
    assert!(futures_util::poll!(&mut ending).is_pending(), "the head is not out");
    let reading = async {
        let mut last = Vec::new();
        while !last.ends_with(HEAD) {
            let mut some = [0; 65_536];
            let count = client.read(&mut some).await.expect("what was written");
            last.extend_from_slice(&some[..count]);
            last.drain(..last.len().saturating_sub(HEAD.len()));
        }
    };
    let (end, ()) = tokio::join!(ending, reading);
    assert_eq!(end.as_deref(), Some("switched"));
}

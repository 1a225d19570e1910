use super::*;
use std::pin::Pin;
use tokio::io::AsyncReadExt;

const SOON: Duration = Duration::from_secs(10);

/// A client, our end of it, and an outbox whose outlet waits for something to write there.
async fn connected(
    patience: Duration,
) -> (TcpStream, Rc<TcpStream>, Rc<Outbox>, Pin<Box<impl Future<Output = io::Result<()>>>>) {
    let (client, ours) = crate::loopback::connection().await;
    let (ours, outbox) = (Rc::new(ours), Outbox::new(usize::MAX));
    let mut writing = Box::pin(Outlet::new(outbox.clone()).write_to(ours.clone(), patience));
    assert!(futures_util::poll!(&mut writing).is_pending());
    (client, ours, outbox, writing)
}

async fn next(outlet: &mut Outlet) -> Option<Bytes> {
    poll_fn(|cx| outlet.poll_take(cx)).await
}

#[tokio::test]
async fn what_is_queued_goes_out_as_one_chunk() {
    let outbox = Outbox::new(100);
    let mut outlet = Outlet::new(outbox.clone());
    for part in ["a", "b", "c"] {
        outbox.push(Bytes::from_static(part.as_bytes())).expect("room");
    }
    assert_eq!(next(&mut outlet).await.as_deref(), Some(b"abc".as_slice()));
    outbox.end(Bytes::from_static(b"z"), false);
    outbox.push(Bytes::from_static(b"late")).expect("dropped");
    assert_eq!(next(&mut outlet).await.as_deref(), Some(b"z".as_slice()));
    assert_eq!(next(&mut outlet).await, None);
}

/// Proves R9.
#[tokio::test]
async fn a_full_queue_refuses_but_one_large_frame_gets_through() {
    let outbox = Outbox::new(10);
    let mut outlet = Outlet::new(outbox.clone());
    outbox.push(Bytes::from_static(b"0123456789abcdef")).expect("the queue was empty");
    assert_eq!(outbox.push(Bytes::from_static(b"x")), Err(Full));
    assert_eq!(next(&mut outlet).await.map(|chunk| chunk.len()), Some(16));
    assert_eq!(outbox.push(Bytes::from_static(b"x")), Ok(()));
}

/// Proves R10.
#[tokio::test]
async fn who_takes_something_is_waited_for_and_who_takes_nothing_is_not() {
    let outbox = Outbox::new(10);
    let mut outlet = Outlet::new(outbox.clone());
    let patience = Duration::from_millis(20);
    outbox.push(Bytes::from(vec![0; CHUNK])).expect("the queue was empty");
    assert!(!outbox.room_within(patience).await);
    let (room, _) = tokio::join!(outbox.room_within(patience), next(&mut outlet));
    assert!(room);
}

/// Proves S2.
#[tokio::test]
async fn what_is_flushed_arrives_whole_and_in_order_whatever_the_socket_takes() {
    let (mut client, _, outbox, writing) = connected(SOON).await;
    let send = |part: Vec<u8>| {
        outbox.push(part.into()).expect("room");
        outbox.flush();
    };

    send(b"at once".to_vec());
    let mut at_once = [0; 7];
    // The outlet's task does nothing meanwhile.
    let reading = tokio::time::timeout(SOON, client.read_exact(&mut at_once));
    reading.await.expect("written at once").expect("read");
    assert_eq!(&at_once, b"at once");

    let mut sent = Vec::new();
    let mut more_than_it_takes = 0;
    while more_than_it_takes < 10 {
        more_than_it_takes += i32::from(!outbox.inner.borrow().queue.is_empty());
        let part = vec![(sent.len() % 251) as u8; 30_011];
        sent.extend_from_slice(&part);
        send(part);
    }
    outbox.end(Bytes::from_static(b"end"), false);
    sent.extend_from_slice(b"end");
    let mut got = vec![0; sent.len()];
    let reading = tokio::time::timeout(SOON, client.read_exact(&mut got));
    let (written, read) = tokio::join!(writing, async { reading.await.expect("all of it") });
    written.expect("written");
    read.expect("read");
    assert!(got == sent, "other bytes came than were sent");
}

/// Proves S2.
#[tokio::test]
async fn nothing_is_written_past_what_the_outlet_holds() {
    let (mut client, socket, outbox, mut writing) = connected(SOON).await;
    let mut sent = 0;
    while let Ok(count) = socket.try_write(&[b'.'; 65_536]) {
        sent += count;
    }
    outbox.push(Bytes::from_static(b"first")).expect("room");
    assert!(futures_util::poll!(&mut writing).is_pending(), "the outlet holds it");
    let mut got = vec![0; sent];
    client.read_exact(&mut got).await.expect("read");
    socket.writable().await.expect("writable");
    outbox.push(Bytes::from_static(b"second")).expect("room");
    outbox.flush();
    outbox.end(Bytes::new(), false);
    let mut rest = [0; 11];
    let reading = tokio::time::timeout(SOON, client.read_exact(&mut rest));
    let (written, read) = tokio::join!(writing, reading);
    written.expect("written");
    read.expect("all of it").expect("read");
    assert_eq!(&rest, b"firstsecond");
}

/// Proves S2, S6.
#[tokio::test]
async fn what_the_socket_has_the_beginning_of_is_never_discarded() {
    let (mut client, _, outbox, writing) = connected(SOON).await;
    let mut frame = vec![b'a'; 64 << 20];
    *frame.last_mut().expect("a byte") = b'z';
    let whole = frame.len();
    outbox.push(frame.into()).expect("room");
    outbox.flush();
    outbox.push(Bytes::from_static(b"discarded")).expect("room");
    outbox.end(Bytes::from_static(b"end"), true);
    let mut got = vec![0; whole + 3];
    let reading = tokio::time::timeout(SOON, client.read_exact(&mut got));
    let (written, read) = tokio::join!(writing, reading);
    written.expect("written");
    read.expect("all of it").expect("read");
    assert_eq!(&got[whole - 1..], b"zend");
}

/// Proves S6.
#[tokio::test]
async fn a_client_that_does_not_take_the_last_of_it_is_not_waited_for() {
    let patience = Duration::from_millis(20);
    let (_client, _, outbox, mut writing) = connected(patience).await;
    outbox.push(vec![0; 64 << 20].into()).expect("room");
    outbox.flush();
    assert!(tokio::time::timeout(patience * 3, &mut writing).await.is_err(), "before the end it is");
    outbox.end(Bytes::from_static(b"end"), false);
    let written = tokio::time::timeout(SOON, writing).await.expect("not for ever");
    assert_eq!(written.expect_err("it was not written").kind(), io::ErrorKind::TimedOut);
}

//! The bare wire before somebody else's WebSocket server.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use testkit::socket::{Ended, Frame, Received, Socket, Wire};
use tokio::net::TcpListener;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

const SOON: Duration = Duration::from_secs(10);

/// Echoes one message and closes with 3501.
async fn server() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let authority = listener.local_addr().expect("a bound listener has an address").to_string();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut socket) = tokio_tungstenite::accept_async(stream).await else { continue };
            if let Some(Ok(message)) = socket.next().await {
                let _ = socket.send(message).await;
                let close = CloseFrame { code: 3501.into(), reason: "bad request".into() };
                let _ = socket.send(Message::Close(Some(close))).await;
            }
        }
    });
    authority
}

#[tokio::test]
async fn frames_pass_and_the_close_code_is_read() {
    let authority = server().await;
    for length in [5, 200, 70_000] {
        let (status, mut wire) = Wire::upgrade(&authority, &[]).await;
        assert_eq!(status, 101);
        wire.send(&Frame::text(vec![b'a'; length]).encode()).await;
        let echo = Received::Frame { opcode: 1, payload: vec![b'a'; length] };
        assert_eq!(wire.frame(SOON).await, echo);
        assert_eq!(wire.closed(SOON).await, Received::Close(3501));
    }
}

#[tokio::test]
async fn a_broken_frame_is_sent_as_it_is() {
    let authority = server().await;
    let (_, mut wire) = Wire::upgrade(&authority, &[]).await;
    wire.send(&Frame { masked: false, ..Frame::text("{}") }.encode()).await;
    assert_eq!(wire.closed(SOON).await, Received::Gone, "tungstenite refuses what is not masked");
}

#[tokio::test]
async fn headers_of_the_handshake_can_be_replaced() {
    let (status, _) = Wire::upgrade(&server().await, &[("sec-websocket-version", "12")]).await;
    assert_eq!(status, 0, "tungstenite closes without an answer");
}

#[tokio::test]
async fn a_socket_reads_the_close_code_too() {
    let mut socket = Socket::open(&format!("ws://{}", server().await)).await.expect("a handshake");
    socket.send_text("not JSON").await.expect("sent");
    let ended = Ended { code: Some(3501), reason: "bad request".to_owned() };
    assert_eq!(socket.ended(SOON).await, ended);
}

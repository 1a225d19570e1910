//! Real connections for unit tests.

use tokio::net::{TcpListener, TcpStream};

/// Both ends of a connection: the client's, then ours.
pub async fn connection() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let client = TcpStream::connect(listener.local_addr().expect("an address")).await.expect("a client");
    let (ours, _) = listener.accept().await.expect("a connection");
    (client, ours)
}

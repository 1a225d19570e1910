//! One proxied connection: two pumps, each read → filter → queue → write.
//!
//! Reading and writing are separate tasks, so that a delay does not also limit the rate.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use super::commit::{Armed, Fate};
use super::{Line, Wire};

const CONNECT_DEADLINE: Duration = Duration::from_secs(5);
/// Chunks (of at most 64 KiB) that wait in one direction before reading stops.
const QUEUE: usize = 256;

/// What a proxy understands of the bytes it carries: the filters of a new connection, to the server and back.
pub trait Protocol: Send + Sync + 'static {
    fn filters(self: &Arc<Self>) -> (Box<dyn Filter>, Box<dyn Filter>);
}

/// One direction of one connection; sees all its bytes in order.
pub trait Filter: Send {
    fn feed(&mut self, chunk: &[u8]) -> Vec<Step>;
}

/// What becomes of the bytes fed.
pub enum Step {
    /// Send these, this much later than the line's own delay.
    Send(Bytes, Duration),
    /// Before anything further: what the test armed for this moment.
    Meet(Armed),
}

/// No protocol: bytes pass as they are.
pub struct Plain;

impl Protocol for Plain {
    fn filters(self: &Arc<Self>) -> (Box<dyn Filter>, Box<dyn Filter>) {
        (Box::new(Plain), Box::new(Plain))
    }
}

impl Filter for Plain {
    fn feed(&mut self, chunk: &[u8]) -> Vec<Step> {
        vec![Step::Send(Bytes::copy_from_slice(chunk), Duration::ZERO)]
    }
}

/// Carries until either side closes or the line is cut; `cuts` is the line's count when the client was accepted.
pub(super) async fn connection<P: Protocol>(wire: Arc<Wire>, protocol: Arc<P>, client: TcpStream, cuts: u64) {
    let counters = &wire.counters;
    counters.accepted.fetch_add(1, Relaxed);
    let _open = Open::count(&counters.current);
    let mut line = wire.line.subscribe();
    let carried = async {
        let server = tokio::time::timeout(CONNECT_DEADLINE, TcpStream::connect(&wire.upstream)).await??;
        client.set_nodelay(true)?;
        server.set_nodelay(true)?;
        let (to_server, to_client) = protocol.filters();
        let (client_reads, client_writes) = client.into_split();
        let (server_reads, server_writes) = server.into_split();
        let line = || wire.line.subscribe();
        let there = Pump { filter: to_server, line: line(), delayed: true, bytes: &counters.to_server };
        let back = Pump { filter: to_client, line: line(), delayed: false, bytes: &counters.to_client };
        tokio::select! {
            ended = there.run(client_reads, server_writes) => ended,
            ended = back.run(server_reads, client_writes) => ended,
        }
    };
    tokio::select! {
        _ = line.wait_for(|line| line.cuts != cuts) => {}
        // The error is dropped, because both ends of the connection see it themselves.
        _ = carried => {}
    }
}

struct Pump<'a> {
    filter: Box<dyn Filter>,
    line: watch::Receiver<Line>,
    delayed: bool,
    bytes: &'a AtomicU64,
}

impl Pump<'_> {
    async fn run(self, from: OwnedReadHalf, to: OwnedWriteHalf) -> io::Result<()> {
        let (queue, ready) = mpsc::channel(QUEUE);
        let line = self.line.clone();
        tokio::try_join!(self.read(from, queue), write(to, ready, line)).map(|_| ())
    }

    async fn read(
        mut self,
        mut from: OwnedReadHalf,
        queue: mpsc::Sender<(Instant, Bytes)>,
    ) -> io::Result<()> {
        let mut chunk = vec![0; 64 * 1024];
        loop {
            let read = from.read(&mut chunk).await?;
            if read == 0 {
                return Ok(());
            }
            self.bytes.fetch_add(read as u64, Relaxed);
            let arrived = Instant::now();
            for step in self.filter.feed(&chunk[..read]) {
                match step {
                    Step::Send(bytes, extra) => {
                        let due = arrived + self.delay() + extra;
                        queue.send((due, bytes)).await.map_err(io::Error::other)?;
                    }
                    Step::Meet(armed) => match armed.meet().await {
                        Fate::GoOn => {}
                        Fate::Cut => return Err(io::ErrorKind::ConnectionAborted.into()),
                    },
                }
            }
        }
    }

    fn delay(&self) -> Duration {
        if self.delayed { self.line.borrow().delay } else { Duration::ZERO }
    }
}

async fn write(
    mut to: OwnedWriteHalf,
    mut ready: mpsc::Receiver<(Instant, Bytes)>,
    mut line: watch::Receiver<Line>,
) -> io::Result<()> {
    while let Some((due, bytes)) = ready.recv().await {
        tokio::time::sleep_until(due).await;
        line.wait_for(|line| !line.frozen).await.map_err(io::Error::other)?;
        to.write_all(&bytes).await?;
    }
    Ok(())
}

/// Counts a connection for as long as it lives.
struct Open<'a>(&'a AtomicU64);

impl<'a> Open<'a> {
    fn count(current: &'a AtomicU64) -> Self {
        current.fetch_add(1, Relaxed);
        Self(current)
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

//! The limit of any fan-out: one thread that writes each message to each socket, and does nothing else. It is started as a
//! process of its own, so that its CPU is counted as a server's.
//!
//! `GET /room:7` becomes a socket in that room, `POST /publish?channel=room:7` writes the body to all of them.

use crate::load::drive::interrupted;
use crate::load::wire;
use anyhow::{Context, ensure};
use memchr::memmem;
use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token};
use std::collections::HashMap;
use std::io::{ErrorKind, Read, Write};

const LISTENER: Token = Token(usize::MAX);

/// Serves until it is killed.
pub fn serve(address: &str) -> anyhow::Result<()> {
    let mut writer = Writer {
        listener: TcpListener::bind(address.parse()?)?,
        poll: Poll::new()?,
        connections: Vec::new(),
        rooms: HashMap::new(),
    };
    writer.poll.registry().register(&mut writer.listener, LISTENER, Interest::READABLE)?;
    let (mut events, mut buffer) = (Events::with_capacity(1_024), vec![0; 64 * 1024]);
    loop {
        writer.poll.poll(&mut events, None).or_else(interrupted)?;
        for event in &events {
            match event.token() {
                LISTENER => writer.accept()?,
                Token(index) => writer.read(index, &mut buffer)?,
            }
        }
    }
}

struct Writer {
    listener: TcpListener,
    poll: Poll,
    connections: Vec<Option<Connection>>,
    rooms: HashMap<String, Vec<usize>>,
}

struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
}

impl Writer {
    fn accept(&mut self) -> anyhow::Result<()> {
        loop {
            match self.listener.accept() {
                Ok((mut stream, _)) => {
                    stream.set_nodelay(true)?;
                    let token = Token(self.connections.len());
                    self.poll.registry().register(&mut stream, token, Interest::READABLE)?;
                    self.connections.push(Some(Connection { stream, received: Vec::new() }));
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn read(&mut self, index: usize, buffer: &mut [u8]) -> anyhow::Result<()> {
        let Some(connection) = self.connections[index].as_mut() else { return Ok(()) };
        loop {
            match connection.stream.read(buffer) {
                Ok(0) => {
                    self.connections[index] = None;
                    return Ok(());
                }
                Ok(n) => connection.received.extend_from_slice(&buffer[..n]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(_) => {
                    self.connections[index] = None;
                    return Ok(());
                }
            }
        }
        self.answer(index)
    }

    fn answer(&mut self, index: usize) -> anyhow::Result<()> {
        let connection = self.connections[index].as_mut().context("it was just read from")?;
        let Some(end) = memmem::find(&connection.received, b"\r\n\r\n") else { return Ok(()) };
        let head = std::str::from_utf8(&connection.received[..end])?.to_owned();
        let target = head.split(' ').nth(1).context("a request has a target")?;
        if head.starts_with("GET ") {
            self.rooms.entry(target.trim_start_matches('/').to_owned()).or_default().push(index);
            let switched =
                "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n";
            connection.stream.write_all(switched.as_bytes())?;
            connection.received.clear();
            return Ok(());
        }
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.context("a body has a length")?.parse()?;
        if connection.received.len() < end + 4 + length {
            return Ok(());
        }
        let message = wire::server_text(&connection.received[end + 4..]);
        let room = target.rsplit('=').next().unwrap_or_default().to_owned();
        connection.received.clear();
        connection.stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")?;
        self.write_to_all(&room, &message)
    }

    fn write_to_all(&mut self, room: &str, message: &[u8]) -> anyhow::Result<()> {
        for index in self.rooms.get(room).into_iter().flatten() {
            let Some(connection) = self.connections[*index].as_mut() else { continue };
            let written = connection.stream.write(message).context("a socket takes no more")?;
            ensure!(written == message.len(), "a socket took half a message");
        }
        Ok(())
    }
}

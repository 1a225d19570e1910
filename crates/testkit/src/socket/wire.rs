//! A bare TCP connection for what no proper client would send: broken HTTP, broken WebSocket frames (RFC 6455).

use std::time::Duration;

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const DEADLINE: Duration = Duration::from_secs(10);

/// Bytes in, bytes out.
pub struct Wire {
    stream: TcpStream,
    read: BytesMut,
}

/// A WebSocket frame to be sent, right or wrong.
#[derive(Debug, Clone)]
pub struct Frame {
    pub last: bool,
    /// The three reserved bits, 0 to 7.
    pub reserved: u8,
    pub opcode: u8,
    /// A client's frames must be.
    pub masked: bool,
    pub payload: Vec<u8>,
}

/// A frame of the server, or the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Received {
    Frame {
        opcode: u8,
        payload: Vec<u8>,
    },
    /// Opcode 8 with its code (1005: without one).
    Close(u16),
    /// The connection ended without a close frame.
    Gone,
}

impl Frame {
    /// A proper text frame; change what should be wrong.
    pub fn text(payload: impl Into<Vec<u8>>) -> Self {
        Self { last: true, reserved: 0, opcode: 1, masked: true, payload: payload.into() }
    }

    pub fn encode(&self) -> Vec<u8> {
        let length = self.payload.len();
        let mask_bit = u8::from(self.masked) << 7;
        let mut bytes = vec![(u8::from(self.last) << 7) | (self.reserved << 4) | self.opcode];
        match length {
            0..=125 => bytes.push(mask_bit | length as u8),
            126..=0xFFFF => {
                bytes.push(mask_bit | 126);
                bytes.extend_from_slice(&(length as u16).to_be_bytes());
            }
            _ => {
                bytes.push(mask_bit | 127);
                bytes.extend_from_slice(&(length as u64).to_be_bytes());
            }
        }
        let mask = if self.masked { [0x12, 0x34, 0x56, 0x78] } else { [0; 4] };
        if self.masked {
            bytes.extend_from_slice(&mask);
        }
        bytes.extend(self.payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
        bytes
    }
}

impl Wire {
    /// Connects and sends nothing; `authority` is `host:port`.
    pub async fn connect(authority: &str) -> Self {
        let stream = TcpStream::connect(authority)
            .await
            .unwrap_or_else(|e| panic!("no connection to {authority}: {e}"));
        stream.set_nodelay(true).expect("a fresh connection can be set up");
        Self { stream, read: BytesMut::new() }
    }

    /// A WebSocket handshake; `headers` replace or add. Returns the status (0: closed
    /// without an answer); on 101 frames may follow.
    pub async fn upgrade(authority: &str, headers: &[(&str, &str)]) -> (u16, Self) {
        Self::upgrade_followed_by(authority, headers, b"").await
    }

    /// [`Self::upgrade`] with `bytes` in the same packet.
    pub async fn upgrade_followed_by(authority: &str, headers: &[(&str, &str)], bytes: &[u8]) -> (u16, Self) {
        let mut all = vec![
            ("Host", authority),
            ("Connection", "Upgrade"),
            ("Upgrade", "websocket"),
            ("Sec-WebSocket-Version", "13"),
            ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ];
        all.retain(|(name, _)| !headers.iter().any(|(other, _)| other.eq_ignore_ascii_case(name)));
        all.extend_from_slice(headers);
        let lines: String = all.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let mut wire = Self::connect(authority).await;
        let head = format!("GET /connection/websocket HTTP/1.1\r\n{lines}\r\n");
        wire.send(&[head.as_bytes(), bytes].concat()).await;
        let head = wire.head().await;
        (head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0), wire)
    }

    /// Writes; what the server no longer takes is ignored, for it may have answered and closed already.
    pub async fn send(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes).await;
    }

    /// Closes our half, as a client does that has no more to ask; answers still come.
    pub async fn finish(&mut self) {
        let _ = self.stream.shutdown().await;
    }

    /// The head of an HTTP answer, or what came of it before the end (empty: closed without an answer).
    pub async fn head(&mut self) -> String {
        loop {
            if let Some(end) = self.read.windows(4).position(|four| four == b"\r\n\r\n") {
                return String::from_utf8_lossy(&self.read.split_to(end + 4)).into_owned();
            }
            if !self.more(DEADLINE).await {
                return String::from_utf8_lossy(&self.read.split()).into_owned();
            }
        }
    }

    /// Like [`Self::head`], if it comes, or the connection ends, within `pause`.
    pub async fn head_within(&mut self, pause: Duration) -> Option<String> {
        tokio::time::timeout(pause, self.head()).await.ok()
    }

    /// Everything until the server closes.
    ///
    /// # Panics
    /// When it sends nothing for `timeout` and does not close.
    pub async fn rest(&mut self, timeout: Duration) -> Vec<u8> {
        while self.more(timeout).await {}
        self.read.split().to_vec()
    }

    /// The next frame, or the end.
    ///
    /// # Panics
    /// When nothing comes for `timeout`.
    pub async fn frame(&mut self, timeout: Duration) -> Received {
        loop {
            if let Some((opcode, payload)) = take_frame(&mut self.read) {
                return match (opcode, payload.get(..2)) {
                    (8, Some(code)) => Received::Close(u16::from_be_bytes([code[0], code[1]])),
                    (8, None) => Received::Close(1005),
                    _ => Received::Frame { opcode, payload },
                };
            }
            if !self.more(timeout).await {
                return Received::Gone;
            }
        }
    }

    /// Reads past everything else to the close frame or the end.
    pub async fn closed(&mut self, timeout: Duration) -> Received {
        loop {
            let received = self.frame(timeout).await;
            if matches!(received, Received::Close(_) | Received::Gone) {
                return received;
            }
        }
    }

    /// False at the end of the connection.
    async fn more(&mut self, timeout: Duration) -> bool {
        let read = self.stream.read_buf(&mut self.read);
        crate::wait::within("bytes from the server, or its end of the connection", timeout, read)
            .await
            .unwrap_or(0)
            > 0
    }
}

/// Takes one unmasked frame off the front, if it is whole.
fn take_frame(bytes: &mut BytesMut) -> Option<(u8, Vec<u8>)> {
    let short = bytes.get(1)? & 0x7F;
    let (head, length) = match short {
        126 => (4, u64::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?))),
        127 => (10, u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?)),
        length => (2, u64::from(length)),
    };
    let opcode = bytes[0] & 0x0F;
    if ((bytes.len() - head) as u64) < length {
        return None;
    }
    bytes.advance(head);
    Some((opcode, bytes.split_to(length as usize).to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_the_one_of_rfc_6455_5_7() {
        let hello = Frame { masked: false, ..Frame::text("Hello") };
        assert_eq!(hello.encode(), [0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f]);
        let mut long = BytesMut::from(&Frame { masked: false, ..Frame::text(vec![7; 70_000]) }.encode()[..]);
        let (opcode, payload) = take_frame(&mut long).expect("a whole frame");
        assert_eq!((opcode, payload.len(), long.len()), (1, 70_000, 0));
    }

    #[test]
    fn half_a_frame_is_left_alone() {
        let mut bytes = BytesMut::from(&[0x88, 0x02, 0x0b][..]);
        assert_eq!(take_frame(&mut bytes), None);
        bytes.extend_from_slice(&[0xbc]);
        assert_eq!(take_frame(&mut bytes), Some((8, vec![0x0b, 0xbc])));
    }
}

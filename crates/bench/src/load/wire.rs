//! WebSocket frames as far as the load client needs them (RFC 6455 §5.2): whole text messages of a server, unmasked, and
//! short text messages of its own.

use anyhow::ensure;

const TEXT: u8 = 0x81;
const PING: u8 = 0x89;

/// A message from the server.
pub struct Message<'a> {
    pub ping: bool,
    pub payload: &'a [u8],
    /// Length on the wire.
    pub length: usize,
}

/// The first message in `bytes`, if it is there as a whole.
///
/// # Errors
/// For anything but whole, unmasked text messages and pings: a close, above all.
pub fn first(bytes: &[u8]) -> anyhow::Result<Option<Message<'_>>> {
    if bytes.len() < 2 {
        return Ok(None);
    }
    ensure!(
        bytes[0] == TEXT || bytes[0] == PING,
        "the server sent a frame of type {:#x}: {}",
        bytes[0],
        String::from_utf8_lossy(&bytes[2..bytes.len().min(120)])
    );
    let (head, length) = match bytes[1] {
        short @ 0..=125 => (2, usize::from(short)),
        126 if bytes.len() >= 4 => (4, usize::from(u16::from_be_bytes([bytes[2], bytes[3]]))),
        127 if bytes.len() >= 10 => {
            let long = u64::from_be_bytes(bytes[2..10].try_into()?);
            (10, usize::try_from(long)?)
        }
        126 | 127 => return Ok(None),
        _ => anyhow::bail!("a server does not mask"),
    };
    if bytes.len() < head + length {
        return Ok(None);
    }
    let payload = &bytes[head..head + length];
    Ok(Some(Message { ping: bytes[0] == PING, payload, length: head + length }))
}

/// A text message of a client. The mask is all zeros: there is no proxy here to confuse, and nothing to compute.
pub fn text(payload: &str) -> Vec<u8> {
    let length = payload.len();
    let mut frame = vec![TEXT];
    match u16::try_from(length) {
        Ok(short @ 0..=125) => frame.push(0x80 | short as u8),
        Ok(medium) => {
            frame.push(0x80 | 126);
            frame.extend(medium.to_be_bytes());
        }
        Err(_) => {
            frame.push(0x80 | 127);
            frame.extend((length as u64).to_be_bytes());
        }
    }
    frame.extend([0; 4]);
    frame.extend_from_slice(payload.as_bytes());
    frame
}

/// A text message of a server, as the bare writer sends it.
pub fn server_text(payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![TEXT];
    match u16::try_from(payload.len()) {
        Ok(short @ 0..=125) => frame.push(short as u8),
        Ok(medium) => {
            frame.push(126);
            frame.extend(medium.to_be_bytes());
        }
        Err(_) => {
            frame.push(127);
            frame.extend((payload.len() as u64).to_be_bytes());
        }
    }
    frame.extend_from_slice(payload);
    frame
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_read_once_it_is_whole_whatever_its_length() {
        for length in [0, 125, 126, 65_535, 65_536] {
            let frame = server_text(&vec![b'x'; length]);
            assert!(first(&frame[..frame.len() - 1]).expect("well formed").is_none());
            let message = first(&frame).expect("well formed").expect("whole");
            assert_eq!((message.payload.len(), message.length), (length, frame.len()));
        }
    }
}

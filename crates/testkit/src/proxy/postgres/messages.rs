//! The framing of the PostgreSQL protocol 3 (PostgreSQL manual, "Message Formats"), as far as the proxy
//! reads it: where each message ends, its type, its body.

/// The client asks for TLS or GSS encryption; the server answers with one byte.
const SSL_REQUEST: u32 = 80_877_103;
const GSS_REQUEST: u32 = 80_877_104;
const CANCEL_REQUEST: u32 = 80_877_102;

/// One message of an ordinary session.
pub(super) struct Message<'a> {
    pub(super) kind: u8,
    pub(super) body: &'a [u8],
    /// All bytes of the message.
    pub(super) whole: &'a [u8],
}

/// What a client sends first.
pub(super) enum Opening<'a> {
    Partial,
    /// The next bytes from the server are one byte without framing; another opening follows.
    Encryption(&'a [u8]),
    /// No messages with types follow.
    Cancel(&'a [u8]),
    Startup(&'a [u8]),
}

/// The first message with a type in `bytes`, if it is whole.
pub(super) fn message(bytes: &[u8]) -> Option<Message<'_>> {
    let length = number(bytes.get(1..5)?) as usize;
    let whole = bytes.get(..length + 1)?;
    Some(Message { kind: whole[0], body: whole.get(5..)?, whole })
}

/// The first message without a type.
pub(super) fn opening(bytes: &[u8]) -> Opening<'_> {
    let Some(head) = bytes.get(..8) else { return Opening::Partial };
    let Some(whole) = bytes.get(..number(&head[..4]) as usize) else { return Opening::Partial };
    match number(&head[4..]) {
        SSL_REQUEST | GSS_REQUEST => Opening::Encryption(whole),
        CANCEL_REQUEST => Opening::Cancel(whole),
        _ => Opening::Startup(whole),
    }
}

/// The zero-terminated text at the start of `bytes`, and what follows it.
pub(super) fn text(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let end = bytes.iter().position(|byte| *byte == 0)?;
    Some((std::str::from_utf8(&bytes[..end]).ok()?, &bytes[end + 1..]))
}

fn number(bytes: &[u8]) -> u32 {
    u32::from_be_bytes(bytes.try_into().expect("the caller took four bytes"))
}

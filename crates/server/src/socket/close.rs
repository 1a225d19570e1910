//! Codes of the Centrifuge client protocol. Their range says whether the SDK comes back: it does on 3000–3499, and not on
//! 3500–3999 or 1009.

/// Why the server ends a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Close {
    pub code: u16,
    pub reason: &'static str,
}

macro_rules! closes {
    ($($name:ident = $code:literal, $reason:literal;)*) => {
        impl Close { $(pub const $name: Close = Close { code: $code, reason: $reason };)* }
    };
}

closes! {
    NORMAL = 1000, "";
    PROTOCOL_ERROR = 1002, "protocol error";
    UNSUPPORTED = 1003, "binary frames need the protobuf protocol";
    INVALID_TEXT = 1007, "not UTF-8";
    TOO_LARGE = 1009, "message too large";
    SHUTDOWN = 3001, "shutting down";
    EXPIRED = 3005, "token expired";
    SLOW = 3008, "too slow";
    INSUFFICIENT_STATE = 3010, "insufficient state";
    NO_PONG = 3012, "no pong";
    INVALID_TOKEN = 3500, "session ended";
    BAD_REQUEST = 3501, "bad request";
    STALE = 3502, "no connect in time";
    FLOOD = 3504, "too many messages";
}

/// Why the server ends a subscription: below 2500 is final for the SDK, from 2500 on it subscribes again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unsubscribe {
    pub code: u16,
    pub reason: &'static str,
}

impl Unsubscribe {
    pub const REMOVED: Unsubscribe = Unsubscribe { code: 2000, reason: "removed from the project" };
    pub const INSUFFICIENT_STATE: Unsubscribe = Unsubscribe { code: 2500, reason: "insufficient state" };
}

/// Why a command is refused. 100, 109 and 111 are retried by the SDK.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorCode {
    pub code: u16,
    pub message: &'static str,
    pub temporary: bool,
}

macro_rules! error_codes {
    ($($name:ident = $code:literal, $message:literal, $temporary:literal;)*) => {
        impl ErrorCode {
            $(pub const $name: ErrorCode = ErrorCode { code: $code, message: $message, temporary: $temporary };)*
        }
    };
}

error_codes! {
    INTERNAL = 100, "internal server error", true;
    UNAUTHORIZED = 101, "unauthorized", false;
    UNKNOWN_CHANNEL = 102, "unknown channel", false;
    PERMISSION_DENIED = 103, "permission denied", false;
    METHOD_NOT_FOUND = 104, "method not found", false;
    ALREADY_SUBSCRIBED = 105, "already subscribed", false;
    LIMIT_EXCEEDED = 106, "too many subscriptions", false;
    BAD_REQUEST = 107, "bad request", false;
    NOT_AVAILABLE = 108, "not available", false;
    NOT_KNOWN_NOW = 108, "not available", true;
    TOKEN_EXPIRED = 109, "token expired", false;
    TOO_MANY = 111, "too many requests", true;
    UNRECOVERABLE = 112, "unrecoverable position", false;
}

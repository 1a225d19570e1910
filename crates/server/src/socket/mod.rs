//! The WebSocket door: the Centrifuge client protocol v2, JSON (docs: `centrifugal.dev/docs/transports/client_protocol`).

mod centrifuge;
mod close;
mod command;
mod dialect;
mod history;
mod presence;
mod protocol;
mod publish;
mod rates;
mod subscribe;
mod upgrade;

pub use publish::PUBLISH_BYTES;
pub use upgrade::open;

//! What holds while things break: Redis stopped, cut, lossy, late or hanging; instances killed between commit and publish;
//! Postgres' answer to COMMIT lost; clients that hang up. Invariants I1, I2, I3, I6, I7 and I8 of ARCHITECTURE.md.

mod aborts;
mod chaos;
mod crashes;
mod descriptors;
mod inboxes;
mod ledger;
mod logs;
mod postgres;
mod redis;
mod support;

//! The HTTP interface and the sockets, as `bad-inputs.md` and the contract describe them: every answer of a running
//! cluster, asked for from outside.

mod access;
mod accounts;
mod administration;
mod archive;
mod archived_tasks;
mod bad_inputs;
mod deletion;
mod docs;
mod filters;
mod finding;
mod flat;
mod group_commit;
mod idempotency;
mod inbox;
mod instance;
mod invitations;
mod names;
mod numbers;
mod own_account;
mod page;
mod passwords;
mod people;
mod pooler;
mod recipes;
mod refresh;
mod rules;
mod store;
mod support;
mod tokens;

//! `lockstep`: the one program.
//!
//! The main runtime has many threads and drives connections, timers and work that outlives its request; the threads of
//! actix own the client's sockets.

mod activity;
mod api;
mod app;
mod auth;
mod body;
mod cli;
mod commands;
mod config;
mod connection;
mod descriptors;
mod drain;
mod edge;
mod error;
mod links;
#[cfg(test)]
mod loopback;
mod metrics;
mod openapi;
mod origin;
mod page;
mod request_id;
mod routes;
mod routing;
mod seed;
mod serve;
mod socket;
mod sse;
mod telemetry;

use clap::Parser;
use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads_beside_sockets())
        .enable_all()
        .thread_name("lockstep")
        .build();
    let ended = match runtime {
        Ok(runtime) => runtime.block_on(cli::run(cli)),
        Err(error) => Err(error.into()),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Not `eprintln!`, because it panics where standard error cannot be written.
            let _ = writeln!(std::io::stderr(), "lockstep: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Transactions run beside the threads that own sockets. Half as many threads as cores, because more threads than work only
/// wake each other: on two cores a second one costs half as much CPU again for each command.
fn threads_beside_sockets() -> usize {
    std::thread::available_parallelism().map_or(1, |cores| (cores.get() / 2).max(1))
}

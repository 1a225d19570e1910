//! A reconnect storm: everybody is cut off, misses something, and comes back at the same moment.

use super::Sizes;
use crate::load::drive::{Load, OPEN};
use crate::load::subscribers::Subscribers;
use crate::machine;
use crate::report::{Report, Row};
use crate::servers::{Kind, Rooms, Server};
use anyhow::ensure;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

const SECTION: &str = "reconnect storm";
const PATIENCE: Duration = Duration::from_secs(60);
/// Messages that each room's sockets missed.
const MISSED: u64 = 20;

struct Measured {
    seconds: f64,
    cpu_each: f64,
}

pub fn run(runtime: &Runtime, sizes: &Sizes, report: &mut Report) -> anyhow::Result<()> {
    let rooms = Rooms { rooms: sizes.shrunk(50), sockets: sizes.shrunk(100).max(4), instances: 2 };
    let total = rooms.rooms * rooms.sockets;
    let mut all = Vec::new();
    for kind in [Kind::Lockstep, Kind::Centrifuge].into_iter().take(if sizes.peers { 2 } else { 1 }) {
        match runtime.block_on(kind.start(rooms))? {
            Ok(server) => {
                all.push((kind.name(), storm(&server, rooms)?));
                runtime.block_on(async { drop(server) });
            }
            Err(why) => report.skip(why),
        }
    }
    let ours = all.remove(0).1;
    report.add(Row {
        section: SECTION,
        what: format!("until all {total} are back, with {MISSED} events each"),
        unit: "s",
        ours: ours.seconds,
        beside: all.iter().map(|(name, measured)| (*name, measured.seconds)).collect(),
        wanted: None,
    });
    report.add(Row {
        section: SECTION,
        what: "CPU of the servers for each that comes back".to_owned(),
        unit: "µs",
        ours: ours.cpu_each,
        beside: all.iter().map(|(name, measured)| (*name, measured.cpu_each)).collect(),
        wanted: None,
    });
    Ok(())
}

fn storm(server: &Server, rooms: Rooms) -> anyhow::Result<Measured> {
    let total = rooms.rooms * rooms.sockets;
    let crowd = Subscribers::start(server.joins(rooms, None), 64);
    let crowd = crowd.wait("socket of each", PATIENCE, |crowd| crowd.live() == total)?;
    // The first message of each room tells the epoch's first offset to those who count them.
    publish(server, rooms, rooms.rooms as u64)?;
    let crowd = crowd.wait("first messages", PATIENCE, |crowd| crowd.delivered() == total as u64)?;
    let stood = crowd.stop()?;
    publish(server, rooms, MISSED * rooms.rooms as u64)?;
    let pids = server.pids();
    let (before, started) = (machine::cpu_seconds(&pids), Instant::now());
    let crowd = Subscribers::start(server.joins(rooms, Some(&stood.stands)), usize::MAX);
    let missed = MISSED * total as u64;
    let all_back = |crowd: &Subscribers| crowd.live() == total && crowd.delivered() == missed;
    let crowd = crowd.wait("all to be back", PATIENCE, all_back)?;
    let seconds = started.elapsed().as_secs_f64();
    let cpu_each = (machine::cpu_seconds(&pids) - before) * 1e6 / total as f64;
    crowd.stop()?;
    Ok(Measured { seconds, cpu_each })
}

/// So many messages, room after room.
fn publish(server: &Server, rooms: Rooms, messages: u64) -> anyhow::Result<()> {
    let token = server.publisher_token();
    let load = Load { addresses: &server.addresses, connections: 16, pace: OPEN, time: PATIENCE };
    let done = load.run_until(messages, |n, out| {
        server.write_publish(out, &token, n, n as usize % rooms.rooms);
    })?;
    ensure!(done.answered == messages, "only {} of {messages} messages were taken", done.answered);
    Ok(())
}

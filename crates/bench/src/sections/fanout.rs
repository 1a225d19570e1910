//! Deliveries: what one costs the servers, and how long it takes from the request to the receipt, beside two peers and a bare
//! writer that do the same work for the same client.

use super::Sizes;
use crate::load::drive::{Load, Pace};
use crate::load::subscribers::{Joining, Subscribers};
use crate::machine;
use crate::pgbench::{self, Bare};
use crate::report::{Report, Row, Wanted};
use crate::servers::{Kind, Rooms, Server};
use crate::world::{Cpu, redis_cpu};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

const SECTION: &str = "deliveries";
const DURABLE: &str = "the durable peer";
/// Messages under way at most, when saturated: sent, and not yet received by everybody.
const WINDOW: u64 = 8;
const JOINS_AT_ONCE: usize = 64;
const PATIENCE: Duration = Duration::from_secs(60);

/// Who watches what, and how much is said.
pub struct Scenario {
    pub name: &'static str,
    pub rooms: Rooms,
    /// Messages a second; `None`: as many as go through.
    pub rate: Option<f64>,
    /// The CPU for a delivery, as a part of the named peer's, at most.
    wanted: (f64, &'static str),
}

/// What was measured, for one delivery each.
pub struct Measured {
    kind: Kind,
    /// Microseconds of the server's own processes.
    pub cpu: f64,
    /// Microseconds of Postgres and Redis.
    pub others: Cpu,
    pub per_second: f64,
    pub p50: f64,
    p99: f64,
}

pub fn run(name: &str, runtime: &Runtime, sizes: &Sizes, report: &mut Report) -> anyhow::Result<()> {
    let scenario = Scenario::named(name, sizes);
    println!("  {} …", scenario.name);
    let (mut all, mut commit) = (Vec::new(), f64::NAN);
    let more: &[Kind] =
        if scenario.wanted.1 == DURABLE { &[Kind::Durable, Kind::Bare] } else { &[Kind::Bare] };
    for kind in kinds(sizes, more) {
        match runtime.block_on(kind.start(scenario.rooms))? {
            Ok(server) => {
                let joins = server.joins(scenario.rooms, None);
                all.push(measure(&server, &scenario, joins, sizes)?);
                if let Some(world) = &server.world {
                    commit = commit_p99(world, &scenario, sizes)?;
                }
                runtime.block_on(async { drop(server) });
            }
            Err(why) => report.skip(why),
        }
    }
    rows(&scenario, &all, commit, report);
    Ok(())
}

impl Scenario {
    /// One that is compared with no peer.
    pub fn of(name: &'static str, rooms: Rooms, rate: Option<f64>) -> Scenario {
        Scenario { name, rooms, rate, wanted: (f64::NAN, "") }
    }

    fn named(name: &str, sizes: &Sizes) -> Scenario {
        let rooms = |rooms, sockets, instances| Rooms { rooms, sockets, instances };
        match name {
            "saturated" => Scenario {
                name: "1 room × 2,000, saturated",
                rooms: rooms(1, sizes.shrunk(2_000), 1),
                rate: None,
                wanted: (0.6, "centrifuge"),
            },
            "calm" => Scenario {
                name: "10 rooms × 100 at 60/s",
                rooms: rooms(10, sizes.shrunk(100).max(4), 2),
                rate: Some(60.0),
                wanted: (0.35, DURABLE),
            },
            _ => Scenario {
                name: "1,000 rooms × 5 at 400/s",
                rooms: rooms(sizes.shrunk(1_000), 5, 2),
                rate: Some(400.0 / sizes.shrink as f64),
                wanted: (0.45, DURABLE),
            },
        }
    }
}

/// Lockstep, and what runs beside it. `more`: what is measured in this section alone.
fn kinds(sizes: &Sizes, more: &[Kind]) -> Vec<Kind> {
    let peers = [Kind::Centrifuge, Kind::SocketIo];
    let all = [Kind::Lockstep].iter().chain(&peers).chain(more);
    all.copied().filter(|kind| sizes.peers || matches!(kind, Kind::Lockstep | Kind::Bare)).collect()
}

/// Lets these sockets join, publishes, and says what a delivery cost.
///
/// # Errors
/// When something is missed, doubled or out of order.
pub fn measure(
    server: &Server,
    scenario: &Scenario,
    joins: Vec<Joining>,
    sizes: &Sizes,
) -> anyhow::Result<Measured> {
    let rooms = scenario.rooms;
    let total = rooms.rooms * rooms.sockets;
    let crowd = Subscribers::start(joins, JOINS_AT_ONCE);
    let crowd = crowd.wait("socket of each", PATIENCE, |crowd| crowd.live() == total)?;
    let warm = publish(server, &crowd, scenario, Duration::from_secs(1))?;
    let crowd = crowd.wait("delivery of all", PATIENCE, |crowd| crowd.delivered() == warm)?;
    crowd.measure(true);
    let (before, started) = (cpu(server), Instant::now());
    let sent = publish(server, &crowd, scenario, sizes.time * 2)?;
    let crowd = crowd.wait("delivery of all", PATIENCE, |crowd| crowd.delivered() == warm + sent)?;
    let (used, seconds) = (cpu(server) - before, started.elapsed().as_secs_f64());
    let received = crowd.stop()?;
    let micros = |seconds: f64| seconds * 1e6 / sent as f64;
    Ok(Measured {
        kind: server.kind,
        cpu: micros(used.instances),
        others: Cpu { instances: 0.0, postgres: micros(used.postgres), redis: micros(used.redis) },
        per_second: sent as f64 / seconds,
        p50: received.latencies.p50(),
        p99: received.latencies.p99(),
    })
}

/// Publishes for a while; returns how many deliveries that has to make.
fn publish(server: &Server, crowd: &Subscribers, scenario: &Scenario, time: Duration) -> anyhow::Result<u64> {
    let (rooms, sockets) = (scenario.rooms.rooms as u64, scenario.rooms.sockets as u64);
    let before = crowd.delivered();
    let gate = |sent: u64| sent * sockets < crowd.delivered() - before + WINDOW * sockets;
    let pace = scenario.rate.map_or(Pace::Answered { gate: &gate }, Pace::PerSecond);
    let (token, connections) = (server.publisher_token(), 2 * WINDOW as usize);
    let load = Load { addresses: &server.addresses, connections, pace, time };
    // A stride prime to the number of rooms, so that neighbours in time are no neighbours in number.
    let done = load.run(|n, out| server.write_publish(out, &token, n, (n * 7_919 % rooms) as usize))?;
    Ok(done.answered * sockets)
}

fn cpu(server: &Server) -> Cpu {
    match &server.world {
        Some(world) => world.cpu(),
        None => Cpu { instances: machine::cpu_seconds(&server.pids()), postgres: 0.0, redis: redis_cpu() },
    }
}

fn commit_p99(world: &crate::world::World, scenario: &Scenario, sizes: &Sizes) -> anyhow::Result<f64> {
    let variables = vec![format!("tasks={}", crate::servers::TASKS)];
    let Some(bare) = Bare::find(&world.cluster, variables) else { return Ok(f64::NAN) };
    let ran = bare.run(pgbench::COMMIT, 4, sizes.time.as_secs().max(1), scenario.rate.or(Some(60.0)), &[])?;
    Ok(ran.p99_ms)
}

fn rows(scenario: &Scenario, all: &[Measured], commit: f64, report: &mut Report) {
    let of = |kind: Kind| all.iter().find(|measured| measured.kind == kind);
    let Some(ours) = of(Kind::Lockstep) else { return };
    let beside = |figure: &dyn Fn(&Measured) -> f64| {
        let others = all.iter().filter(|measured| measured.kind != Kind::Lockstep);
        others.map(|measured| (measured.kind.name(), figure(measured))).collect::<Vec<_>>()
    };
    let (limit, whose) = scenario.wanted;
    let compared = of(if whose == DURABLE { Kind::Durable } else { Kind::Centrifuge });
    let theirs = compared.map_or(f64::NAN, |measured| measured.cpu);
    let row = |what: &str, unit, ours, beside, wanted| Row {
        section: SECTION,
        what: format!("{}: {what}", scenario.name),
        unit,
        ours,
        beside,
        wanted,
    };
    report.add(row(
        "CPU each",
        "µs",
        ours.cpu,
        beside(&|m| m.cpu),
        Wanted::at_most(ours.cpu / theirs, limit, format!("of {whose}")),
    ));
    report.add(row("a second", "/s", ours.per_second, beside(&|m| m.per_second), None));
    report.add(row("request to receipt, p50", "ms", ours.p50, beside(&|m| m.p50), None));
    let mut quick = beside(&|m| m.p99);
    quick.push(("bare commit", commit));
    report.add(row("request to receipt, p99", "ms", ours.p99, quick, wanted_p99(ours, all, whose, commit)));
    report.add(row("Redis, CPU each", "µs", ours.others.redis, beside(&|m| m.others.redis), None));
    report.add(row("Postgres, CPU each", "µs", ours.others.postgres, Vec::new(), None));
}

/// As quick as the peer that stores as much; where none does, as the better one and a commit beside it.
fn wanted_p99(ours: &Measured, all: &[Measured], whose: &str, commit: f64) -> Option<Wanted> {
    let of = |kind: Kind| all.iter().find(|measured| measured.kind == kind).map_or(f64::NAN, |m| m.p99);
    let (allowed, of) = if whose == DURABLE {
        (of(Kind::Durable), format!("of {whose}"))
    } else {
        let allowed = 1.5 * of(Kind::Centrifuge).min(of(Kind::SocketIo)) + commit;
        (allowed, format!("of {} ms, 1.5 × the better peer and a commit,", crate::report::figure(allowed)))
    };
    Wanted::at_most(ours.p99 / allowed, 1.0, of)
}

/// Resident memory for an idle, subscribed socket.
pub fn memory(runtime: &Runtime, sizes: &Sizes, report: &mut Report) -> anyhow::Result<()> {
    let (few, many) = (sizes.shrunk(200), sizes.shrunk(4_000));
    let rooms = Rooms { rooms: 1, sockets: few + many, instances: 1 };
    let mut all = Vec::new();
    for kind in kinds(sizes, &[]) {
        match runtime.block_on(kind.start(rooms))? {
            Ok(server) => {
                all.push((kind.name(), resident_per_socket(&server, rooms, few)?));
                runtime.block_on(async { drop(server) });
            }
            Err(why) => report.skip(why),
        }
    }
    let ours = all.remove(0).1;
    report.add(Row {
        section: SECTION,
        what: format!("resident memory for an idle socket, of {many}"),
        unit: "KiB",
        ours,
        beside: all,
        wanted: Wanted::at_most(ours, 16.0, "KiB"),
    });
    Ok(())
}

fn resident_per_socket(server: &Server, rooms: Rooms, few: usize) -> anyhow::Result<f64> {
    let mut first = server.joins(rooms, None);
    let rest = first.split_off(few);
    let many = rest.len();
    let first =
        Subscribers::start(first, JOINS_AT_ONCE).wait("first sockets", PATIENCE, |c| c.live() == few)?;
    let pid = server.pids()[0];
    let before = settled(pid)?;
    let rest = Subscribers::start(rest, JOINS_AT_ONCE).wait("all sockets", PATIENCE, |c| c.live() == many)?;
    let grown = settled(pid)?.saturating_sub(before);
    first.stop()?;
    rest.stop()?;
    Ok(grown as f64 / many as f64 / 1024.0)
}

/// What is resident once a second has changed it by less than a percent.
fn settled(pid: u32) -> anyhow::Result<u64> {
    let mut last = machine::resident_bytes(pid)?;
    for _ in 0..10 {
        std::thread::sleep(Duration::from_secs(1));
        let now = machine::resident_bytes(pid)?;
        if now.abs_diff(last) < last / 100 {
            return Ok(now);
        }
        last = now;
    }
    Ok(last)
}

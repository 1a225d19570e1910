//! Commands a second and how long an acknowledgement takes, beside the same SQL in a bare loop on the same database.

use super::Sizes;
use crate::load::drive::{Done, Load, OPEN, Pace, write_request};
use crate::pgbench::{self, Bare, Ran};
use crate::report::{Report, Row, Wanted};
use crate::world::{World, project_id, task_id};
use serde_json::json;
use std::time::Duration;

const SECTION: &str = "commands";
/// Bare clients of the spread loop. More than the pool of an instance, or the machine's cores, gains nothing.
const BARE_CLIENTS: usize = 16;
const SPREAD_CLIENTS: usize = 64;
const HOT_CLIENTS: usize = 256;
const LOW_PER_SECOND: f64 = 20.0;

pub fn run(world: &World, sizes: &Sizes, report: &mut Report) -> anyhow::Result<()> {
    rates(world, sizes, SECTION, report)?;
    let bare = bare(world, sizes);
    // Both loads are taken from what this instance reaches on this machine.
    let most = load(world, sizes, Among::All, SPREAD_CLIENTS, OPEN, sizes.time)?.per_second();
    acknowledgements(world, sizes, &bare, most, report)?;
    cpu(world, sizes, report)
}

/// Commands a second, spread and hot.
pub fn rates(world: &World, sizes: &Sizes, section: &'static str, report: &mut Report) -> anyhow::Result<()> {
    let bare = bare(world, sizes);
    if bare.is_none() {
        report.skip(
            "no pgbench here (Debian: apt-get install postgresql-contrib): commands stand beside nothing",
        );
    }
    let (spread, bare_spread) = in_turn(
        sizes,
        |time| load(world, sizes, Among::All, SPREAD_CLIENTS, OPEN, time),
        |seconds| bare_run(&bare, pgbench::COMMAND, BARE_CLIENTS, seconds, None, sizes.projects),
    )?;
    report.add(Row {
        section,
        what: format!("spread over {} projects of {} tasks", sizes.projects, sizes.tasks),
        unit: "/s",
        ours: spread,
        beside: vec![("bare loop", bare_spread)],
        wanted: Wanted::at_least(spread / bare_spread, 0.6, "of the bare loop"),
    });
    let (hot, bare_hot) = in_turn(
        sizes,
        |time| load(world, sizes, Among::One, HOT_CLIENTS, OPEN, time),
        |seconds| {
            let alone = bare_run(&bare, pgbench::COMMAND, 1, seconds.div_ceil(2), None, 1)?;
            let crowd = bare_run(&bare, pgbench::COMMAND, 8, seconds.div_ceil(2), None, 1)?;
            Ok(if alone.per_second > crowd.per_second { alone } else { crowd })
        },
    )?;
    report.add(Row {
        section,
        what: format!("one hot project, {HOT_CLIENTS} clients"),
        unit: "/s",
        ours: hot,
        beside: vec![("bare loop, best of 1 and 8", bare_hot)],
        wanted: Wanted::at_least(hot / bare_hot, 5.0, "times the bare loop"),
    });
    Ok(())
}

fn bare(world: &World, sizes: &Sizes) -> Option<Bare> {
    let owner = &world.owner;
    let variables = [
        ("tasks", sizes.tasks.to_string()),
        ("owner", owner.id.to_string()),
        ("session", owner.session.to_string()),
    ];
    Bare::find(&world.cluster, variables.map(|(name, value)| format!("{name}={value}")).into())
}

fn acknowledgements(
    world: &World,
    sizes: &Sizes,
    bare: &Option<Bare>,
    spread: f64,
    report: &mut Report,
) -> anyhow::Result<()> {
    for (what, rate, half) in
        [("at 20 a second", LOW_PER_SECOND, false), ("at half load", spread / 2.0, true)]
    {
        let time = sizes.time;
        let done = load(world, sizes, Among::All, SPREAD_CLIENTS, Pace::PerSecond(rate), time)?;
        let clients = if half { BARE_CLIENTS } else { 1 };
        let commit =
            bare_run(bare, pgbench::COMMIT, clients, time.as_secs().max(1), Some(rate), sizes.projects)?;
        let (p50, p99) = (done.latencies.p50(), done.latencies.p99());
        report.add(Row {
            section: SECTION,
            what: format!("acknowledgement {what}, p50"),
            unit: "ms",
            ours: p50,
            beside: vec![("bare commit", commit.p50_ms)],
            wanted: if half { None } else { Wanted::at_most(p50, 3.0, "p50") },
        });
        report.add(Row {
            section: SECTION,
            what: format!("acknowledgement {what}, p99"),
            unit: "ms",
            ours: p99,
            beside: vec![("bare commit", commit.p99_ms)],
            wanted: if half { Wanted::at_most(p99, 25.0, "p99") } else { None },
        });
    }
    Ok(())
}

/// Where the CPU of a command goes, by process.
fn cpu(world: &World, sizes: &Sizes, report: &mut Report) -> anyhow::Result<()> {
    for (what, among, clients) in
        [("spread", Among::All, SPREAD_CLIENTS), ("on one project", Among::One, HOT_CLIENTS)]
    {
        let before = world.cpu();
        let done = load(world, sizes, among, clients, OPEN, sizes.time)?;
        let used = world.cpu() - before;
        let each = |seconds: f64| seconds * 1e6 / done.answered as f64;
        report.add(Row {
            section: SECTION,
            what: format!("CPU of the instance for a command, {what}"),
            unit: "µs",
            ours: each(used.instances),
            beside: vec![("Postgres", each(used.postgres)), ("Redis", each(used.redis))],
            wanted: None,
        });
    }
    Ok(())
}

/// Lockstep and its limit in turn, twice, so that whatever else the machine does hits both alike.
fn in_turn(
    sizes: &Sizes,
    ours: impl Fn(Duration) -> anyhow::Result<Done>,
    limit: impl Fn(u64) -> anyhow::Result<Ran>,
) -> anyhow::Result<(f64, f64)> {
    let (mut sum, mut limits) = (0.0, 0.0);
    for _ in 0..sizes.rounds {
        sum += ours(sizes.time)?.per_second();
        limits += limit(sizes.time.as_secs().max(1))?.per_second;
    }
    Ok((sum / sizes.rounds as f64, limits / sizes.rounds as f64))
}

#[derive(Debug, Clone, Copy)]
pub enum Among {
    All,
    One,
}

/// Changes of titles, each with an idempotency key, as the page sends them.
pub fn load(
    world: &World,
    sizes: &Sizes,
    among: Among,
    connections: usize,
    pace: Pace<'_>,
    time: Duration,
) -> anyhow::Result<Done> {
    let token = world.owner.fresh_token(testkit::token::TTL);
    let addresses = world.addresses();
    Load { addresses: &addresses, connections, pace, time }.run(|n, out| {
        let n = n as usize;
        let project = match among {
            // Prime strides visit projects and tasks in an order that favours no cache.
            Among::All => n * 7_919 % sizes.projects,
            Among::One => 0,
        };
        let task = n * 31 % sizes.tasks;
        let title = json!({"title": format!("Title number {n} of a task")});
        let path = format!("/api/v1/projects/{}/tasks/{}", project_id(project), task_id(project, task));
        write_request(out, "PATCH", &path, &token, title.to_string().as_bytes());
    })
}

fn bare_run(
    bare: &Option<Bare>,
    script: &str,
    clients: usize,
    seconds: u64,
    rate: Option<f64>,
    projects: usize,
) -> anyhow::Result<Ran> {
    let Some(bare) = bare else {
        return Ok(Ran { per_second: f64::NAN, p50_ms: f64::NAN, p99_ms: f64::NAN });
    };
    bare.run(script, clients, seconds, rate, &[format!("projects={projects}")])
}

//! What it costs a delivery that 1,000 people hear who comes and leaves: the same rooms with and without, in turns.

use super::Sizes;
use super::fanout::{Measured, Scenario, measure};
use crate::load::subscribers::Joining;
use crate::report::{Report, Row, Wanted};
use crate::servers::{Kind, Rooms};
use tokio::runtime::Runtime;

const SECTION: &str = "presence of 1,000 people";
/// How much a delivery may cost more.
const LIMIT: f64 = 1.05;
const RUNS: usize = 5;

/// What it is called, its unit, and where it stands.
type Figure = (&'static str, &'static str, fn(&Measured) -> f64);

pub fn run(runtime: &Runtime, sizes: &Sizes, report: &mut Report) -> anyhow::Result<()> {
    let rooms = |rooms, sockets| Rooms { rooms, sockets, instances: 2 };
    let scenarios = [
        ("1 room × 1,000, saturated", rooms(1, sizes.shrunk(1_000)), None),
        ("10 rooms × 100 at 60/s", rooms(10, sizes.shrunk(100).max(4)), Some(60.0)),
    ];
    for (name, rooms, rate) in scenarios {
        println!("  {name} …");
        compare(runtime, &Scenario::of(name, rooms, rate), sizes, report)?;
    }
    Ok(())
}

fn compare(runtime: &Runtime, scenario: &Scenario, sizes: &Sizes, report: &mut Report) -> anyhow::Result<()> {
    let server = match runtime.block_on(Kind::Lockstep.start(scenario.rooms))? {
        Ok(server) => server,
        Err(why) => {
            report.skip(why);
            return Ok(());
        }
    };
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for _ in 0..if sizes.shrink > 1 { 1 } else { RUNS } {
        let joins = || server.joins(scenario.rooms, None);
        without.push(measure(&server, scenario, joins(), sizes)?);
        with.push(measure(&server, scenario, joins().into_iter().map(hearing).collect(), sizes)?);
    }
    runtime.block_on(async { drop(server) });
    rows(scenario, &with, &without, report);
    Ok(())
}

/// The same subscription with join and leave pushes. The other instance tells its people to a room that has one.
fn hearing(joining: Joining) -> Joining {
    let subscribe = joining.subscribe.replacen(r#""subscribe":{"#, r#""subscribe":{"join_leave":true,"#, 1);
    Joining { subscribe, ..joining }
}

fn rows(scenario: &Scenario, with: &[Measured], without: &[Measured], report: &mut Report) {
    let figures: [Figure; 4] = [
        ("CPU each", "µs", |measured| measured.cpu),
        ("a second", "/s", |measured| measured.per_second),
        ("request to receipt, p50", "ms", |measured| measured.p50),
        ("Redis, CPU each", "µs", |measured| measured.others.redis),
    ];
    for (what, unit, figure) in figures {
        let (ours, beside) = (median(with, figure), median(without, figure));
        // As many deliveries as go through are only a figure where they are not paced.
        let wanted = match (what, scenario.rate) {
            ("CPU each", _) => Wanted::at_most(ours / beside, LIMIT, "of the same without"),
            ("a second", None) => Wanted::at_least(ours / beside, 1.0 / LIMIT, "of the same without"),
            ("request to receipt, p50", Some(_)) => {
                Wanted::at_most(ours / beside, LIMIT, "of the same without")
            }
            _ => None,
        };
        let what = format!("{}: {what}", scenario.name);
        report.add(Row { section: SECTION, what, unit, ours, beside: vec![("without", beside)], wanted });
    }
}

fn median(runs: &[Measured], figure: fn(&Measured) -> f64) -> f64 {
    let mut figures: Vec<f64> = runs.iter().map(figure).collect();
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

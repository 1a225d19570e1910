//! Benchmarks from outside: they start real instances and measure what clients see, each figure beside its limit in the same
//! run. What matters is the ratio; absolute figures say more about the machine. `make bench` runs all of it; `docs/BENCHMARKS.md`
//! has the results.
//!
//! ```text
//! lockstep-bench [--smoke | --alone] [--json FILE] [--plots FOLDER] [SECTION…]
//! ```
//!
//! Needs `TEST_DATABASE_URL` and `TEST_REDIS_URL` (see `make test-services`) and a built `lockstep` beside it.

mod bare_writer;
mod flat_cost;
mod inbox;
mod lists;
mod load;
mod machine;
mod pgbench;
mod plot;
mod report;
mod sections;
mod servers;
mod world;

use anyhow::{Context, bail, ensure};
use report::Report;
use sections::Sizes;
use std::path::PathBuf;
use tokio::runtime::Runtime;
use world::World;

const SECTIONS: [&str; 9] =
    ["commands", "saturated", "calm", "small-rooms", "presence", "memory", "snapshots", "storm", "growth"];

struct Arguments {
    smoke: bool,
    /// Without the peers: for profiling.
    alone: bool,
    json: Option<PathBuf>,
    plots: Option<PathBuf>,
    sections: Vec<String>,
}

fn main() -> anyhow::Result<()> {
    let first: Vec<String> = std::env::args().skip(1).take(2).collect();
    if let [name, address] = first.as_slice()
        && name == "bare-writer"
    {
        return bare_writer::serve(address);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let arguments = arguments()?;
    if arguments.sections == ["flat-cost"] {
        return runtime.block_on(flat_cost::run());
    }
    if arguments.sections == ["lists"] {
        return runtime.block_on(lists::run());
    }
    if arguments.sections == ["inbox"] {
        return runtime.block_on(inbox::run());
    }
    let mut sizes = if arguments.smoke { Sizes::smoke() } else { Sizes::full() };
    sizes.peers &= !arguments.alone;
    let machine = machine::describe();
    let mut report = Report { machine, judges: !arguments.smoke, ..Report::default() };
    let mut failed = Vec::new();
    for section in &arguments.sections {
        println!("{section} …");
        // The other figures are printed even if a section failed.
        if let Err(error) = measure(section, &runtime, &sizes, &mut report) {
            println!("  FAILED: {error:#}");
            failed.push(section.as_str());
        }
    }
    report.print();
    if let Some(file) = &arguments.json {
        std::fs::write(file, format!("{:#}\n", report.to_json()))
            .with_context(|| format!("writing {}", file.display()))?;
    }
    if let Some(folder) = &arguments.plots {
        plot::write_all(&report, folder).with_context(|| format!("writing into {}", folder.display()))?;
    }
    ensure!(failed.is_empty(), "these sections failed: {}", failed.join(", "));
    Ok(())
}

fn measure(section: &str, runtime: &Runtime, sizes: &Sizes, report: &mut Report) -> anyhow::Result<()> {
    match section {
        "commands" => commands(runtime, sizes, 1, report),
        "saturated" | "calm" | "small-rooms" => sections::fanout::run(section, runtime, sizes, report),
        "presence" => sections::presence::run(runtime, sizes, report),
        "memory" => sections::fanout::memory(runtime, sizes, report),
        "snapshots" => snapshots(runtime, sizes, 1, report),
        "storm" => sections::storm::run(runtime, sizes, report),
        "growth" => {
            commands(runtime, sizes, sizes.growth, report)?;
            snapshots(runtime, sizes, sizes.growth, report)
        }
        other => bail!("no section {other}: there are {}, flat-cost, lists and inbox", SECTIONS.join(", ")),
    }
}

fn commands(runtime: &Runtime, sizes: &Sizes, growth: usize, report: &mut Report) -> anyhow::Result<()> {
    let sizes = Sizes { tasks: sizes.tasks * growth, ..sizes.clone() };
    let world = runtime.block_on(async {
        let world = World::start(1).await?;
        world.projects(0..sizes.projects, sizes.tasks).await?;
        anyhow::Ok(world)
    })?;
    let measured = match growth {
        1 => sections::commands::run(&world, &sizes, report),
        _ => sections::commands::rates(&world, &sizes, sections::GROWTH, report),
    };
    runtime.block_on(async { drop(world) });
    measured
}

fn snapshots(runtime: &Runtime, sizes: &Sizes, growth: usize, report: &mut Report) -> anyhow::Result<()> {
    use sections::snapshots;
    let (world, served) = runtime.block_on(async {
        let mut world = World::start(1).await?;
        let project = snapshots::snapshot_project(growth);
        let served = snapshots::fill(&mut world, project, snapshots::tasks(sizes, growth)).await?;
        anyhow::Ok((world, served))
    })?;
    let measured = snapshots::run(&world, sizes, &served, growth, report);
    runtime.block_on(async { drop(world) });
    measured
}

fn arguments() -> anyhow::Result<Arguments> {
    let mut parsed = Arguments { smoke: false, alone: false, json: None, plots: None, sections: Vec::new() };
    let mut given = std::env::args().skip(1);
    while let Some(argument) = given.next() {
        match argument.as_str() {
            "--smoke" => parsed.smoke = true,
            "--alone" => parsed.alone = true,
            "--json" => parsed.json = Some(given.next().context("--json names a file")?.into()),
            "--plots" => parsed.plots = Some(given.next().context("--plots names a folder")?.into()),
            option if option.starts_with('-') => {
                bail!("no option {option}: there are --smoke, --alone, --json and --plots")
            }
            section => parsed.sections.push(section.to_owned()),
        }
    }
    if parsed.sections.is_empty() {
        parsed.sections = SECTIONS.map(str::to_owned).into();
    }
    Ok(parsed)
}

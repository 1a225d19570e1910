//! Random plans of commands through three instances at once, held against the one model there is: the fold of the log.
//!
//! Several people with changing roles act at the same time; many of their commands are refused, some are malformed, some
//! are sent twice. Afterwards everything that can be read must be the fold of events 1..n (invariants I1 to I5), and the
//! rules must have held at every single version. `LOCKSTEP_TEST_SEED` repeats a plan.

mod found;
mod graph;
mod history;
mod outcomes;
mod plan;
mod run;
mod verify;
mod whole;

use testkit::Seed;

use run::World;

/// Requests of each person; a request has one command or several.
const REQUESTS: usize = 300;

/// Proves L1, L4, L5, L6, L13.
#[tokio::test(flavor = "multi_thread")]
async fn whatever_many_do_at_once_everything_is_the_fold_of_the_log() {
    let seed = Seed::from_env();
    let world = World::start().await;
    let acting = (0..world.people.len()).map(|person| world.act(person, seed.actor(person as u64), REQUESTS));
    let answers = futures_util::future::join_all(acting).await;
    let acknowledged: Vec<_> = answers.into_iter().flatten().collect();
    let log = verify::everything(&world).await;
    verify::acknowledged(&log, &acknowledged);
    history::old_versions(&world, &log, &mut seed.actor(1_000)).await;
    eprintln!("{} events, {} of them acknowledged to somebody", log.len(), acknowledged.len());
    world.outcomes.tell();
    outcomes::each_command_succeeded(&log);
    assert!(log.len() > 150, "a plan that does so little proves nothing: {} events", log.len());
}

/// Proves L1, L4, L13.
#[tokio::test(flavor = "multi_thread")]
async fn after_every_single_command_everything_is_the_fold_of_the_log() {
    let mut seed = Seed::from_env();
    let world = World::start().await;
    let mut random = seed.actor(100);
    let mut model = verify::Model::of(&world).await;
    for step in 0..250 {
        let person = seed.random.usize(..world.people.len());
        let events = world.one_request(person, &mut random).await;
        model.apply(&events);
        model.compare(&world, step).await;
    }
    verify::everything(&world).await;
    world.outcomes.tell();
    assert!(model.version() > 60, "a plan that does so little proves nothing: version {}", model.version());
}

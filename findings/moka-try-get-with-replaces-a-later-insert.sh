#!/usr/bin/env bash
# moka 0.12.16: `try_get_with` replaces what `insert` put in while its future ran.
#
# A good guess: the future fills a hole, so it does not touch an entry that is there when it ends.
# Seen: a value read from a slow source at version 10 replaces version 11, which an `insert` put in
# meanwhile and which a `get` had already given out. The cache goes back in time, and without a
# time to live it stays there. `get_with` and `entry().or_try_insert_with` do the same.
# What Lockstep makes of it: entries of the snapshot cache are written by `and_compute_with`, which
# compares versions; moka's shared future only lets several askers wait for one answer.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/src"

cat >"$work/Cargo.toml" <<'TOML'
[package]
name = "finding"
version = "0.0.0"
edition = "2021"

[dependencies]
moka = { version = "=0.12.16", features = ["future"] }
tokio = { version = "=1.54.1", features = ["macros", "rt", "sync"] }
TOML

cat >"$work/src/main.rs" <<'RUST'
use moka::future::Cache;
use std::convert::Infallible;
use tokio::sync::oneshot;

/// Asks for key 1 in the way `how`, inserts 11 while the asker's source is still busy with 10.
async fn run(how: &'static str) {
    let cache: Cache<u32, u32> = Cache::new(8);
    let (began, has_begun) = oneshot::channel();
    let (end, may_end) = oneshot::channel();
    let asked = cache.clone();
    let asker = tokio::spawn(async move {
        let source = async move {
            began.send(()).expect("the main task waits");
            may_end.await.expect("the main task sends");
            10
        };
        match how {
            "try_get_with" => {
                let source = async { Ok::<u32, Infallible>(source.await) };
                asked.try_get_with(1, source).await.expect("no error")
            }
            "get_with" => asked.get_with(1, source).await,
            _ => {
                let source = async { Ok::<u32, Infallible>(source.await) };
                asked.entry(1).or_try_insert_with(source).await.expect("no error").into_value()
            }
        }
    });
    has_begun.await.expect("the asker began");
    cache.insert(1, 11).await;
    let between = cache.get(&1).await.expect("an entry");
    end.send(()).expect("the asker waits");
    let answer = asker.await.expect("the asker ended");
    let after = cache.get(&1).await.expect("an entry");
    println!("{how}: inserted {between}, asker got {answer}, cache holds {after}");
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    run("try_get_with").await;
    run("get_with").await;
    run("or_try_insert_with").await;
}
RUST

seen=$(cd "$work" && cargo run --quiet)
printf '%s\n' "$seen"

expected='try_get_with: inserted 11, asker got 10, cache holds 10
get_with: inserted 11, asker got 10, cache holds 10
or_try_insert_with: inserted 11, asker got 10, cache holds 10'
if [ "$seen" != "$expected" ]; then
    printf 'moka 0.12.16 behaves differently now; expected:\n%s\n' "$expected" >&2
    exit 1
fi

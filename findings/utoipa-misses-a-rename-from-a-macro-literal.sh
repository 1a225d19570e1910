#!/usr/bin/env bash
# utoipa 6.0.0 (utoipa-gen 6.0.1) with serde 1.0.229: a `#[serde(rename = $kind)]` whose `$kind` is
# a `literal` of `macro_rules!` counts for serde, and not for the schema.
#
# A good guess: both derive macros read the same attribute, so the JSON fits the schema.
# Seen: serde writes {"type":"task.moved"}, the schema of the same enum allows only "TaskMoved",
# without an error or a warning. With `$kind:tt` both say "task.moved".
# What Lockstep makes of it: its table of events takes `tt`, and a test compares the names in the
# OpenAPI document with the table.
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
serde = { version = "=1.0.229", features = ["derive"] }
serde_json = "=1.0.154"
utoipa = "=6.0.0"
utoipa-gen = "=6.0.1"
TOML

cat >"$work/src/main.rs" <<'RUST'
use serde::Serialize;
use utoipa::{PartialSchema, ToSchema};

macro_rules! from_literal {
    ($name:ident, $kind:literal) => {
        #[derive(Serialize, ToSchema)]
        #[serde(tag = "type")]
        enum $name {
            #[serde(rename = $kind)]
            TaskMoved { task: u32 },
        }
    };
}

macro_rules! from_token_tree {
    ($name:ident, $kind:tt) => {
        #[derive(Serialize, ToSchema)]
        #[serde(tag = "type")]
        enum $name {
            #[serde(rename = $kind)]
            TaskMoved { task: u32 },
        }
    };
}

from_literal!(Literal, "task.moved");
from_token_tree!(TokenTree, "task.moved");

fn compare<T: Serialize + ToSchema + PartialSchema>(how: &str, value: &T) {
    let json = serde_json::to_value(value).expect("JSON");
    let schema = serde_json::to_value(T::schema()).expect("JSON");
    let allowed = schema.pointer("/oneOf/0/properties/type/enum").expect("an enum");
    println!("{how}: JSON has {}, schema allows {allowed}", json["type"]);
}

fn main() {
    compare("literal", &Literal::TaskMoved { task: 7 });
    compare("tt", &TokenTree::TaskMoved { task: 7 });
}
RUST

seen=$(cd "$work" && cargo run --quiet)
printf '%s\n' "$seen"

expected='literal: JSON has "task.moved", schema allows ["TaskMoved"]
tt: JSON has "task.moved", schema allows ["task.moved"]'
if [ "$seen" != "$expected" ]; then
    printf 'utoipa 6.0.0 behaves differently now; expected:\n%s\n' "$expected" >&2
    exit 1
fi

#!/usr/bin/env bash
# `make bench`: builds optimised, starts private Postgres and Redis servers that keep what they promise (nothing is switched
# off, unlike for the tests), and measures. Arguments go to the benchmark: sections, --smoke, --json FILE, --plots FOLDER.
#
# TEST_DATABASE_URL (a superuser's, on the database `postgres`) and TEST_REDIS_URL name servers to use instead.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# More room than the defaults for a machine that also runs the load: no checkpoint in the middle of a measurement.
postgres_settings=(max_connections=300 shared_buffers=512MB max_wal_size=4GB checkpoint_timeout=30min)

stop_services() {
  local code=$?
  trap '' INT TERM HUP
  trap - EXIT
  stop_attended
  [[ -n ${given_postgres:-} ]] || stop_postgres
  [[ -n ${given_redis:-} ]] || stop_redis bench
  exit "$code"
}

start_services() {
  settle_home bench
  if [[ -z $given_postgres ]]; then
    start_postgres "${postgres_settings[@]}"
    TEST_DATABASE_URL=$(postgres_url postgres)
  fi
  if [[ -z $given_redis ]]; then
    start_redis bench
    TEST_REDIS_URL=$(redis_url)
  fi
  export TEST_DATABASE_URL TEST_REDIS_URL
}

cd "$root"
prepare_state_folder
given_postgres=${TEST_DATABASE_URL:-} given_redis=${TEST_REDIS_URL:-}
ensure_c_toolchain
ensure_rust
build_page
have pgbench || have nginx || say "Without pgbench, nginx, Go or Node.js, what is measured beside them is skipped."
attend cargo build --release --bin lockstep --bin lockstep-bench
trap stop_services EXIT
trap 'exit 130' INT TERM HUP
start_services
raise_file_limit
attend "${CARGO_TARGET_DIR:-target}/release/lockstep-bench" "$@"

#!/usr/bin/env bash
# `make bench`: builds optimised, starts private Postgres and Redis servers that keep what they promise (nothing is switched
# off, unlike for the tests), and measures. Arguments go to the benchmark: sections, --smoke, --json FILE, --plots FOLDER.
#
#   bench.sh page [NAME…]   measures the page in Chromium instead (web/bench), or what the names choose of it
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

# BENCH_QUICK=1 shows that it works, and judges nothing. PLANKA_URL, PLANKA_EMAIL and PLANKA_PASSWORD name a Planka 2 to measure beside.
measure_page() {
  ensure_chromium || die "Chromium is missing (Debian: apt-get install chromium, or name one in CHROMIUM)."
  export CHROMIUM LOCKSTEP_BIN=$programs/lockstep
  attend npm --prefix web run --silent bench -- "$@"
}

cd "$root"
prepare_state_folder
given_postgres=${TEST_DATABASE_URL:-} given_redis=${TEST_REDIS_URL:-}
ensure_c_toolchain
ensure_rust
build_page
if [[ ${1:-} == page ]]; then
  beside=testkit-cluster
else
  beside=lockstep-bench
  have pgbench || have nginx || say "Without pgbench, nginx, Go or Node.js, what is measured beside them is skipped."
fi
attend cargo build --release --bin lockstep --bin "$beside"
programs=$(cd "${CARGO_TARGET_DIR:-target}" && pwd)/release
trap stop_services EXIT
trap 'exit 130' INT TERM HUP
start_services
raise_file_limit
if [[ ${1:-} == page ]]; then measure_page "${@:2}"; else attend "$programs/lockstep-bench" "$@"; fi

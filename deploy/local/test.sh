#!/usr/bin/env bash
# `make test`: builds and runs all tests against private Postgres and Redis servers, which are empty at each start.
#
#   test.sh         runs the tests; servers that it started are stopped afterwards
#   test.sh start   starts the servers, leaves them running and prints the two export lines for single tests
#   test.sh stop    stops them
#
# TEST_DATABASE_URL (a superuser's, on the database `postgres`) and TEST_REDIS_URL name servers to use instead.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Speed instead of safety against a power cut, which no test needs. Errors that tests provoke are not logged.
postgres_settings=(
  fsync=off full_page_writes=off synchronous_commit=on max_connections=400
  log_min_messages=fatal log_min_error_statement=panic
)

servers_run() {
  [[ -s $home/postgres.how ]] && { runs_in_docker postgres || find_postgres; } && postgres_answers && return 0
  redis_answers
}

stop_services() {
  stop_postgres
  stop_redis test
}

start_services() {
  settle_home test
  if ! servers_run; then
    stop_services
    find "$home" -mindepth 1 -delete
  fi
  if [[ -z ${TEST_DATABASE_URL:-} ]]; then
    start_postgres "${postgres_settings[@]}"
    TEST_DATABASE_URL=$(postgres_url postgres)
  fi
  if [[ -z ${TEST_REDIS_URL:-} ]]; then
    start_redis test
    TEST_REDIS_URL=$(redis_url)
  fi
  export TEST_DATABASE_URL TEST_REDIS_URL
}

# The servers are shared by all that test in this folder at the same time: lock 9 is held by each of them, lock 8
# by the one that starts the servers. The last one stops them, unless `make test-services` wants them to stay.
hold_services() {
  [[ -z ${TEST_DATABASE_URL:-} || -z ${TEST_REDIS_URL:-} ]] || return 0
  exec 8>>"$state/test.start.lock" 9>>"$state/test.lock"
  flock -s 9
  flock 8
  start_services
  exec 8>&-
}

release_services() {
  local code=$?
  trap '' INT TERM HUP
  trap - EXIT
  stop_attended
  if [[ -n ${home:-} && ! -e $state/test.stay ]] && flock -n 9; then stop_services; fi
  exit "$code"
}

# For the recipes of docs/API.md; without one of these its recipe is skipped.
want_languages() {
  have python3 && have curl && have go && return 0
  update_package_lists
  have python3 || apt_install python3 || say "Python is missing: its recipe is not tried."
  have curl || apt_install curl || say "curl is missing: its recipe is not tried."
  have go || apt_install golang-go || say "Go is missing: its recipe is not tried."
}

want_pgbouncer() {
  [[ -x /usr/sbin/pgbouncer ]] || apt_install_without_service pgbouncer pgbouncer ||
    say "PgBouncer is missing: its test is skipped (Debian: apt-get install pgbouncer)."
}

# Answers 0 when Schemathesis is installed, in .local; 1 when it cannot be had.
ensure_schemathesis() {
  schemathesis=$state/schemathesis
  cmp -s tests/openapi/requirements.txt "$schemathesis/installed.txt" && return 0
  rm -rf "$schemathesis"
  python_venv "$schemathesis" || return 1
  timeout 180 "$schemathesis/bin/pip" install --quiet --disable-pip-version-check --retries 1 \
    -r tests/openapi/requirements.txt >>"$state/logs/pip.log" 2>&1 || return 1
  cp tests/openapi/requirements.txt "$schemathesis/installed.txt"
}

# The answers of a running instance against its OpenAPI document. CI must do it; elsewhere it needs PyPI once.
check_openapi() {
  if ensure_schemathesis; then
    attend "$schemathesis/bin/python" tests/openapi/check.py
    return
  fi
  say "NOT CHECKED: the answers against the OpenAPI document, because Schemathesis could not be installed from PyPI ($state/logs/pip.log)."
  [[ -z ${CI:-} ]]
}

# The page folds what the fold here makes of many plans. The vectors that are kept beside it are few.
test_page() {
  export FOLD_VECTORS=$state/fold-vectors.json FOLD_PLANS=2000
  attend cargo test --quiet -p lockstep-domain --lib vectors::many -- --ignored || return 1
  attend npm --prefix web test && test_page_in_browser
}

# CI must do it; elsewhere it needs a browser.
test_page_in_browser() {
  [[ $(npm --prefix web pkg get scripts.browser) != '{}' ]] || return 0
  ensure_chromium || {
    say "NOT TRIED: the page in a browser, because Chromium is missing (Debian: apt-get install chromium, or name one in CHROMIUM)."
    [[ -z ${CI:-} ]]
    return
  }
  export CHROMIUM LOCKSTEP_ANOTHER_BIN=$another LOCKSTEP_BIN=${LOCKSTEP_BIN:-$(cd "${CARGO_TARGET_DIR:-target}" && pwd)/debug/lockstep}
  attend npm --prefix web run --silent browser
}

# Another build of the program, with other names for all files of the page: for the test of an update. It is made anew when a source
# is newer.
build_another_program() {
  another=$state/another-build/lockstep
  [[ -x $another && -z $(find crates migrations web \( -name node_modules -o -name dist \) -prune -o -type f -newer "$another" -print -quit) ]] &&
    return
  install_page || die "The page's packages could not be installed, see above."
  say "Building the page and the program another time, for the test of an update"
  rm -f "$state/page.built"
  attend npm --prefix web run --silent another-build
  LOCKSTEP_BUILD=another attend cargo build --bin lockstep
  mkdir -p "${another%/*}"
  cp "${CARGO_TARGET_DIR:-target}/debug/lockstep" "$another"
}

test_sdk() {
  attend npm --prefix tests/sdk ci --no-audit --no-fund && attend npm --prefix tests/sdk test
}

# Runs one part of the tests.
part() { # NAME COMMAND…
  local name=$1
  shift
  "$@" > >(tee "$state/logs/test-${name// /-}.log") 2>&1 || failed+=("$name")
}

# What the parts that failed said last, once more, because it stands far above.
say_failures() {
  local name
  for name in "${failed[@]}"; do
    say "-------- $name:"
    tail -n 40 "$state/logs/test-${name// /-}.log" >&2
  done
  die "Failed: $(IFS=, && echo "${failed[*]}")"
}

run_tests() {
  trap release_services EXIT
  trap 'exit 130' INT TERM HUP
  ensure_c_toolchain
  ensure_rust
  want_pgbouncer
  want_languages
  have haproxy || apt_install_without_service haproxy haproxy ||
    die "HAProxy is needed by the test of a rolling restart: install it (Debian: apt-get install haproxy), then run this again."
  ensure_node
  build_another_program
  build_page
  hold_services
  raise_file_limit
  attend cargo build --workspace --all-targets
  local failed=()
  part "cargo test" attend cargo test --workspace --no-fail-fast
  part "the smoke run of the benchmark" attend "${CARGO_TARGET_DIR:-target}/debug/lockstep-bench" --smoke
  part "the Node.js tests" test_sdk
  part "the page" test_page
  part "the OpenAPI document" check_openapi
  ((${#failed[@]} == 0)) || say_failures
}

cd "$root"
prepare_state_folder
case ${1:-} in
  '') run_tests ;;
  start)
    hold_services
    touch "$state/test.stay"
    echo "export TEST_DATABASE_URL=$TEST_DATABASE_URL"
    echo "export TEST_REDIS_URL=$TEST_REDIS_URL"
    ;;
  stop)
    rm -f "$state/test.stay"
    settle_home test
    stop_services
    ;;
  *) die "test.sh takes nothing, start or stop." ;;
esac

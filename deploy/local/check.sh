#!/usr/bin/env bash
# `make check`: what must hold beside the tests. Runs every check, then says which failed.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

failed=()

check() { # NAME COMMAND...
  local name=$1
  shift
  say "" "== $name"
  "$@" || failed+=("$name")
}

ensure_rust_components() {
  if cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1; then return 0; fi
  if have rustup && rustup component add rustfmt clippy >&2; then return 0; fi
  apt_install rustfmt rust-clippy || die "rustfmt and clippy are missing: install them (rustup component add rustfmt clippy), then run this again."
}

# Built without optimising, because the tool runs for seconds and would build for twice as long.
ensure_cargo_tool() { # NAME VERSION
  have "$1" && return 0
  say "Installing $1 $2 into .local/tools"
  CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
    cargo install --locked --no-default-features --root "$state/tools" --version "$2" "$1" >&2 ||
    die "$1 could not be installed: see above, or install it yourself (cargo install --locked $1)."
}

check_advisories() {
  if timeout 120 cargo deny fetch db >"$state/logs/advisories.log" 2>&1; then
    cargo deny check --disable-fetch advisories
  else
    say "Skipped: the advisory database could not be fetched, so known security defects of dependencies were not looked for."
  fi
}

check_page() {
  ensure_node
  install_page && npm --prefix web run --silent check
}

cd "$root"
prepare_state_folder
ensure_c_toolchain
ensure_rust
ensure_rust_components
export PATH="$state/tools/bin:$PATH"
ensure_cargo_tool cargo-deny 0.20.2
ensure_cargo_tool cargo-machete 0.9.2

check "formatting" cargo fmt --all --check
check "licences, bans and sources of dependencies" cargo deny check bans licenses sources
check "security advisories" check_advisories
check "unused dependencies" cargo machete
check "clippy" cargo clippy --workspace --all-targets --keep-going -- -D warnings
check "types and style of the page" check_page
check "compose, HAProxy and Kubernetes files" deploy/local/manifests.sh
check "rustdoc" env RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --document-private-items

say ""
((${#failed[@]} == 0)) || die "Failed: $(IFS=, && echo "${failed[*]}")"
say "All checks passed."

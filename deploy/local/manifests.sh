#!/usr/bin/env bash
# Checks compose.yaml, haproxy.cfg and both overlays of k8s/, without any cluster: they build, fit Kubernetes' schemas and
# the rules of a policy linter. Part of `make check`. Tools are put into .local/tools, in the versions named here.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

kustomize=sigs.k8s.io/kustomize/kustomize/v5@v5.7.1
kube_score=github.com/zegl/kube-score/cmd/kube-score@v1.20.0
schemas=kubernetes-validate==1.37.0
oldest_go=1.24
# The oldest Kubernetes that knows all we use (preStop sleep), and the newest that the schemas know.
versions=(1.30 1.37)
linter=(
  --exit-one-on-warning
  # A tag of a release is never moved, and an instance must start while the registry is away.
  --ignore-test container-image-pull-policy
  # topologySpreadConstraints do it.
  --ignore-test deployment-has-host-podantiaffinity
)

ensure_go_tool() { # MODULE@VERSION
  local name=${1%@*}
  name=${name%/v[0-9]*}
  name=${name##*/}
  [[ $(go version -m "$state/tools/bin/$name" 2>/dev/null) == *"${1##*@}"* ]] && return 0
  version_at_least "$(first_version_in "$(go version 2>/dev/null)")" "$oldest_go" ||
    die "Go $oldest_go or newer is needed to build kustomize and kube-score: install it from https://go.dev, then run this again."
  say "Building $1 into .local/tools"
  GOBIN=$state/tools/bin GOFLAGS=-mod=mod go install "$1" >&2 || die "$1 could not be built, see above."
}

ensure_schemas() {
  [[ $("$state/tools/python/bin/pip" list --format=freeze 2>/dev/null) == *"$schemas"* ]] && return 0
  say "Installing $schemas into .local/tools/python"
  ensure_command python3 python3
  python3 -m venv "$state/tools/python" >&2 || { apt_install python3-venv && python3 -m venv "$state/tools/python" >&2; } ||
    die "Python's venv is missing: install it (Debian: apt-get install python3-venv), then run this again."
  "$state/tools/python/bin/pip" install -q "$schemas" >&2 || die "$schemas could not be installed, see above."
}

# compose's own reading of the file, by whichever compose there is.
check_compose() {
  if docker compose version >/dev/null 2>&1; then
    docker compose -f deploy/compose.yaml config -q
  else
    have docker-compose || apt_install docker-compose || die "docker-compose is missing: install it (Debian: apt-get install docker-compose)."
    docker-compose -f deploy/compose.yaml config -q
  fi
}

check_haproxy() {
  have haproxy || apt_install_without_service haproxy haproxy || die "HAProxy is missing: install it (Debian: apt-get install haproxy)."
  LOCKSTEP_BALANCER=127.0.0.1:1 LOCKSTEP_ONE=127.0.0.1:2 LOCKSTEP_TWO=127.0.0.1:3 LOCKSTEP_THREE=127.0.0.1:4 \
    haproxy -c -q -f deploy/haproxy.cfg
}

check_overlay() { # NAME
  local built=$state/manifests/$1.yaml version
  "$state/tools/bin/kustomize" build "k8s/overlays/$1" >"$built" || return 1
  for version in "${versions[@]}"; do
    "$state/tools/python/bin/kubernetes-validate" --quiet --strict -k "$version" "$built" || return 1
  done
  "$state/tools/bin/kube-score" score "${linter[@]}" "$built" >"$state/manifests/$1.score" || {
    grep -vE '^\[(OK|SKIPPED)\]' "$state/manifests/$1.score" >&2
    return 1
  }
  say "k8s/overlays/$1: $(grep -c '^kind:' "$built") objects"
}

cd "$root"
prepare_state_folder
install -d -m 755 "$state/tools/bin" "$state/manifests"
ensure_go_tool "$kustomize"
ensure_go_tool "$kube_score"
ensure_schemas
check_compose
check_haproxy
check_overlay dev
check_overlay production

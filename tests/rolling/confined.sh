#!/usr/bin/env bash
# Runs a program as Kubernetes would with the manifest's settings: an own control group, a root file system that cannot be
# written, the user's id, no rights and no way to get any. Its process id stays. Needs root.
#   CONFINED_PROGRAM, CONFINED_USER, CONFINED_GROUP, CONFINED_MEMORY (bytes)
set -euo pipefail
group=/sys/fs/cgroup/memory/lockstep-$$ limit=memory.limit_in_bytes
if [[ -f /sys/fs/cgroup/cgroup.controllers ]]; then group=/sys/fs/cgroup/lockstep-$$ limit=memory.max; fi
if mkdir "$group" 2>/dev/null && echo "$CONFINED_MEMORY" 2>/dev/null >"$group/$limit"; then
  echo $$ >"$group/cgroup.procs"
else
  echo "Not limited: control groups cannot be made here, so the memory limit was not tried." >&2
fi
exec unshare --mount --propagation private -- \
  sh -c 'mount -o remount,bind,ro / && exec "$@"' sh \
  setpriv "--reuid=$CONFINED_USER" "--regid=$CONFINED_GROUP" --clear-groups --no-new-privs --bounding-set=-all \
  --inh-caps=-all --ambient-caps=-all -- "$CONFINED_PROGRAM" "$@"

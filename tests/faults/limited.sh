#!/usr/bin/env bash
# Becomes PROGRAM with these limits of open files: SOFT, which it may raise, and HARD.
set -euo pipefail
ulimit -Sn "$SOFT"
ulimit -Hn "$HARD"
exec "$PROGRAM" "$@"

#!/usr/bin/env bash
# Becomes PROGRAM, with a log that cannot be written. LOG_TO: full (a disk without room), gone (a pipe whose reader has ended), stuck
# (a pipe whose reader reads nothing).
set -euo pipefail
case $LOG_TO in
full)
  exec "$PROGRAM" "$@" 2>/dev/full
  ;;
gone)
  exec "$PROGRAM" "$@" 2> >(exec true)
  ;;
stuck)
  folder=$(mktemp -d)
  mkfifo "$folder/log"
  exec 3<>"$folder/log"
  rm -r "$folder"
  exec "$PROGRAM" "$@" 2>&3
  ;;
esac

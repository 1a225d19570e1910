#!/usr/bin/env bash
# `make screenshots`: pictures of the page into docs/screenshots, of a `make run` that runs. LOCKSTEP_SERVER names another address,
# CHROMIUM the browser.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

prepare_state_folder
ensure_node
install_page || die "The page's packages could not be installed, see above."
CHROMIUM=$(command -v "${CHROMIUM:-chromium}" || command -v google-chrome) ||
  die "Chromium is missing (Debian: apt-get install chromium, or name one in CHROMIUM)."
export CHROMIUM
node "$root/web/tools/screenshots.mjs"

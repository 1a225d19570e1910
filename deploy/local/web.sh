#!/usr/bin/env bash
# `make web`: builds the page into web/dist. `make run`, `make test` and `make bench` do it too.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

prepare_state_folder
build_page

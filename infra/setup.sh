#!/usr/bin/env bash
# Makes one environment from its hashed requirements: setup.sh dev|localstripe|sam|audit|linters|judge|bench|screens.
# Whatever goes wrong ends in one line that says what to do.
set -euo pipefail
cd "$(dirname "$0")/.."

name=${1:?usage: setup.sh dev|localstripe|sam|audit|linters|judge|bench|screens}
folder=.venv
[ "$name" = dev ] || folder=.venv-$name
log=$(mktemp)
trap 'rm -f "$log"' EXIT

fail() {
    printf 'setup: %s\n' "$1" >&2
    exit 1
}

is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>"$log"
}

# A shim on PATH may name a Python that isn't there, so each candidate is run.
find_python() {
    local candidate
    for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
        if is_new_enough "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    fail "Kassa needs Python 3.11 or newer: install it, or name one with 'make setup PYTHON=/path/to/python3'"
}

make_venv() {
    local python
    python=$(find_python)
    "$python" -m venv "$1" >"$log" 2>&1 && return
    rm -rf "$1"
    fail "$python can't make an environment: install its venv module (Debian: 'apt-get install python3-venv')"
}

# Runs an installer quietly; its last line explains a failure best.
install() {
    "$@" >"$log" 2>&1 && return
    cat "$log" >&2
    fail "packages for $folder couldn't be installed (reason above): check the network and run 'make setup' again"
}

install_uv() {
    [ -x .venv/bin/uv ] && [ .venv/bin/uv -nt requirements/uv.txt ] && return
    install .venv/bin/python -m pip install --quiet --no-cache-dir --disable-pip-version-check \
        --require-hashes -r requirements/uv.txt
    touch .venv/bin/uv
}

# Our code is found from the work tree, and `kassa` starts it.
link_kassa() {
    local packages
    packages=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    printf '%s\n%s\n' "$PWD" "$PWD/layers/common" >"$packages/kassa.pth"
    cat >.venv/bin/kassa <<START
#!$PWD/.venv/bin/python
"""Start the operator's command line."""

import signal

if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # nobody wants to see where an import stood

from cli.main import app

app()
START
    chmod +x .venv/bin/kassa
}

echo "setup: making $folder"
[ -x "$folder/bin/python" ] && is_new_enough "$folder/bin/python" || make_venv "$folder"
[ "$name" != dev ] || install_uv
install .venv/bin/uv pip install --quiet --python "$folder/bin/python" --no-deps --require-hashes \
    -r "requirements/$name.txt"
[ "$name" != dev ] || link_kassa
touch "$folder/.ready"

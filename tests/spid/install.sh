#!/bin/sh
# AgID's checker of SPID metadata, in an environment of its own (its pins clash with ours), and the program it calls.
set -e
cd "$(dirname "$0")/../.."
if ! command -v xmlsec1 >/dev/null 2>&1 && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  (apt-get install -y -qq xmlsec1 || { apt-get update -qq && apt-get install -y -qq xmlsec1; }) >/dev/null 2>&1 || true
fi
if ! command -v xmlsec1 >/dev/null 2>&1; then
  echo "No xmlsec1 here: the official check of SPID metadata is skipped. Install the package xmlsec1 to run it."
  exit 0
fi
if [ ! -x .venv-spid/bin/spid_sp_test ]; then
  .venv/bin/python -m venv .venv-spid
  .venv-spid/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r tests/spid/requirements.lock
fi

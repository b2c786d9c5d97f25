#!/bin/sh
# Real bounces to measure by: the samples that come with the sources of flufl.bounce (Apache 2.0), fetched by their
# hash and never kept here. In CI they must be there.
set -u
cd "$(dirname "$0")/../.."
test -d build/bounces/flufl_bounce-6.0.0 && exit 0
mkdir -p build/bounces
if .venv/bin/python -m pip download -q --disable-pip-version-check --no-deps --no-binary :all: --no-build-isolation \
     --require-hashes -r tests/bounces/sources.txt -d build/bounces >/dev/null 2>&1 \
   && tar -xzf build/bounces/flufl_bounce-6.0.0.tar.gz -C build/bounces; then
  exit 0
fi
if [ "${CI:-}" = true ]; then
  echo "CI needs the samples of bounces and could not fetch them." >&2
  exit 1
fi
echo "No samples of real bounces here: measuring by them is skipped."

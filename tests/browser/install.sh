#!/bin/sh
# Chromium for the browser tests: used when present, installed with apt as root, else said plainly.
# In CI (CI=true) it must be there.
set -u
for name in chromium chromium-browser google-chrome; do
  command -v "$name" >/dev/null 2>&1 && exit 0
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing Chromium for the browser tests ..."
  (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-liberation) >/dev/null 2>&1
  command -v chromium >/dev/null 2>&1 && exit 0
fi
if [ "${CI:-}" = true ]; then
  echo "CI needs Chromium for the browser tests and could not install it." >&2
  exit 1
fi
echo "No Chromium here: the browser tests will be skipped. Install the package chromium to run them."

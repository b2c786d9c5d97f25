# Everything a developer needs. `make` alone lists it.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
STAMPS := build/stamps

.DEFAULT_GOAL := help
.PHONY: spid samples help setup demo serve test lint bench assets messages lock clean browser

help: ## What there is
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 18

setup: $(STAMPS)/assets $(STAMPS)/messages ## Virtual environment, locked packages, front-end assets, translations

$(STAMPS)/python: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null || \
	  { echo "Python 3.11 with its venv module is needed (Debian: python3.11-venv). Elsewhere installed: make PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/assets: $(STAMPS)/python assets/package-lock.json assets/build.mjs assets/icons.py $(wildcard assets/src/*) $(shell find platform tenants modules graphql -path '*/templates/*' -o -path '*/static/*' 2>/dev/null)
	@sh assets/build.sh
	$(BIN)/python manage.py collectstatic --noinput --clear -v0
	@touch $@

$(STAMPS)/messages: $(STAMPS)/python $(shell find platform tenants modules graphql -name '*.po' 2>/dev/null)
	$(BIN)/campanile compile-messages
	@touch $@

assets: ## Bundle the front-end again
	@rm -f $(STAMPS)/assets
	@$(MAKE) --no-print-directory $(STAMPS)/assets

demo: setup ## The Province of Lecco with 84 towns, on this machine
	@exec $(BIN)/campanile demo

serve: setup ## The same without the demo data
	@exec $(BIN)/campanile serve

browser: ## Chromium for the browser tests, where it can be installed
	@sh tests/browser/install.sh

spid: ## AgID's checker of SPID metadata, where it can be installed
	@sh tests/spid/install.sh

samples: ## Real bounces to measure by, where they can be fetched
	@sh tests/bounces/install.sh

test: setup browser spid samples ## All tests, two at a time
	$(BIN)/python -m pytest -n 2 --dist loadscope --no-loadscope-reorder

lint: setup ## Style, types, architecture, committed API schema
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/campanile schema --check

bench: setup ## All benchmarks; refreshes docs/benchmarks.md
	$(BIN)/campanile bench all

messages: $(STAMPS)/python ## Collect strings to translate (needs gettext)
	$(BIN)/campanile collect-messages

lock: ## Pin the newest allowed packages, with hashes
	$(BIN)/uv pip compile -q --upgrade --generate-hashes --python-version 3.11 --extra dev --no-emit-index-url --custom-compile-command "make lock" -o requirements.lock pyproject.toml
	$(BIN)/uv pip compile -q --upgrade --generate-hashes --python-version 3.11 --no-emit-index-url --custom-compile-command "make lock" -o tests/spid/requirements.lock tests/spid/requirements.in

clean: ## Remove this machine's state, after saying what it is
	@if [ -x $(BIN)/campanile ]; then $(BIN)/campanile clean; else echo "Nothing is set up here."; fi

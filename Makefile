# Everything that Seawall is built, checked and shown with.
# `make demo` and `make test` need python3, make and, for Debian packages, root.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEBIAN := build-essential python3-dev python3-venv openjdk-17-jre-headless chromium
export NUMBA_CACHE_DIR := $(CURDIR)/.cache/numba
export OMP_NUM_THREADS ?= 1

.PHONY: demo test setup check bench trial soak lock clean system

demo: setup  ## a world of 20,000 accounts, run, evaluated, with a report
	$(BIN)/seawall demo

test: setup check  ## every check and every test, as CI runs them
	timeout 2400 $(BIN)/python -m pytest -n 2 --dist loadgroup

setup: $(VENV)/.ready  ## the environment, the Debian packages, the warm kernels

check: $(VENV)/.ready  ## lint, types and the floors of the house
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest tests/test_house.py -p no:xdist --durations=0

bench: setup  ## every benchmark, each with its peers
	for name in $$(ls bench | sed -n 's/^\([a-z][a-z_]*\)\.py$$/\1/p'); do $(BIN)/python -m bench.$$name --json || exit 1; done

trial: setup  ## nine personas through four recommenders, the guard off and on
	$(BIN)/seawall trial run --json

soak: setup  ## kills at random moments, long service, ten gigabytes: slow
	$(BIN)/python tests/soak/kill.py
	$(BIN)/python tests/soak/effects.py
	$(BIN)/python tests/soak/effects.py postgres
	$(BIN)/python tests/soak/disclosures.py
	$(BIN)/python tests/soak/serve.py --minutes 30 --plot docs/reference/serve-memory.svg

lock: $(VENV)/.ready  ## pin requirements/*.txt with hashes and without addresses
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements/run.txt
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --all-extras --group dev -c requirements/run.txt pyproject.toml -o requirements/dev.txt

system:
	@missing=$$(for p in $(DEBIAN); do dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || echo $$p; done); \
	if [ -n "$$missing" ] && command -v apt-get >/dev/null; then \
	  if [ "$$(id -u)" = 0 ]; then apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$missing; \
	  else echo "Debian packages are missing. Run this line, then make again:"; echo "  sudo apt-get update && sudo apt-get install -y $$missing" | tr '\n' ' '; echo; exit 1; fi; fi

$(VENV)/.ready: requirements/dev.txt pyproject.toml Makefile
	$(MAKE) --no-print-directory system
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/python -m seawall.cli.warm
	touch $@

clean:  ## remove everything that make has built
	rm -rf $(VENV) .cache demo

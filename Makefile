# Everything a checkout needs: `make help`. Works with Python 3.11+ and make alone; all else is fetched and locked.
SHELL := /bin/sh
# Our processes are started by the hundred: each module is compiled once.
unexport PYTHONDONTWRITEBYTECODE
MAKEFLAGS += --no-builtin-rules --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help demo up down clean status test long check bench docs oracle

# The first Python that fits; PYTHON=… on the command line names another.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python3.14; do \
	command -v $$python >/dev/null 2>&1 && $$python sandbox/supported.py 2>/dev/null && echo $$python && break; done)
BIN := .venv/bin
# Killed with make, so that nothing it started stays.
BOUND := $(BIN)/python -m sandbox.bound
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input
# A wish is passed on only if it was spoken: the defaults stand in one place, sandbox/stack/options.py.
wish = $(if $($(1)),--$(2) "$($(1))")

help: ## This list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' Makefile

demo: .venv/sandbox.stamp ## The whole story on real Kafka and two simulated systems [ONCE=1] [FAULTS=file.json]
	@exec $(BOUND) $(BIN)/python -m sandbox.demo $(if $(ONCE),--once) $(call wish,FAULTS,faults)

up: .venv/sandbox.stamp ## Start everything in the background [SEED= POLL= WORKERS= GATE= STANDBY= PROFILE= CRM= FAULTS=]
	@exec $(BOUND) $(BIN)/python -m sandbox.stack up $(call wish,SEED,seed) $(call wish,POLL,poll) \
		$(call wish,WORKERS,workers) $(call wish,GATE,gate) $(call wish,STANDBY,standby) \
		$(call wish,PROFILE,profile) $(call wish,CRM,crm) $(call wish,FAULTS,faults)

down: ## Stop everything, keep its state
	@if [ -f .venv/sandbox.stamp ]; then exec $(BIN)/python -m sandbox.stack down; else echo "Nothing was running."; fi

clean: ## Stop everything and delete its state (.tandem/)
	@if [ -f .venv/sandbox.stamp ]; then exec $(BIN)/python -m sandbox.stack clean; else rm -rf .tandem; fi

status: .venv/sandbox.stamp ## What runs, what waits, whether all is quiet
	@exec $(BIN)/tandem status

test: .venv/dev.stamp ## All tests [ARGS=…]
	@$(BIN)/python -m sandbox.jvm && exec $(BOUND) $(BIN)/python -m pytest -n 3 --no-loadscope-reorder $(ARGS)

long: .venv/dev.stamp ## The tests that make test leaves out for their length
	@$(BIN)/python -m sandbox.jvm && exec $(BOUND) $(BIN)/python -m pytest -m long $(ARGS)

check: .venv/dev.stamp ## Lint, format, types, layers
	@failed=0; for tool in "ruff check" "ruff format --check" mypy lint-imports; do \
		echo "$$tool"; $(BIN)/$$tool || failed=1; done; exit $$failed

docs: .venv/dev.stamp ## Write the generated pages anew
	@for page in schemas.reference ops.reference tests.property.hazards_page; do $(BIN)/python -m $$page || exit 1; done

bench: .venv/dev.stamp ## Measurements [SMALL=1]
	@exec $(BOUND) $(BIN)/python -m bench $(if $(SMALL),--small)

oracle: .venv/dev.stamp ## Stories of users, faults and restarts, until both sides are equal [SECONDS= SEED=]
	@$(BIN)/python -m sandbox.jvm && exec $(BOUND) $(BIN)/python -m tests.oracle $(call wish,SECONDS,seconds) $(call wish,SEED,seed)

.venv/bin/python:
	@if [ -z "$(PYTHON)" ]; then python3 sandbox/supported.py || exit 1; \
		echo "No Python was found: install CPython 3.11 to 3.14." >&2; exit 1; fi
	@$(PYTHON) sandbox/supported.py
	@echo "Making the virtual environment .venv with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv .venv >/dev/null 2>&1 || { rm -rf .venv; echo "$(PYTHON) cannot make a virtual environment:" \
		"install its venv module (Debian, Ubuntu: apt-get install python3-venv), then run make again." >&2; exit 1; }

.venv/sandbox.stamp: requirements/sandbox.txt requirements/build.txt pyproject.toml | .venv/bin/python
	@$(call install,sandbox)
	@touch $@

.venv/dev.stamp: requirements/dev.txt requirements/build.txt pyproject.toml | .venv/bin/python
	@$(call install,dev)
	@touch .venv/sandbox.stamp $@

# The locked packages by hash, then this checkout itself, editable.
define install
echo "Installing requirements/$(1).txt (once)"; \
{ $(INSTALL) --require-hashes -r requirements/build.txt && \
	$(INSTALL) --require-hashes -r requirements/$(1).txt && \
	$(INSTALL) --no-deps --no-build-isolation --editable .; } || { \
	echo "The packages could not be installed: see above. They are fetched once; a network is needed for that." >&2; exit 1; }
endef

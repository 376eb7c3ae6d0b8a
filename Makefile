# Needs make and Python 3.11 or newer; the targets install the rest.  `make` lists the targets.
.DEFAULT_GOAL := help
.PHONY: help up down clean test long soak bench lint fmt docs site pins toolchain

# A Python to use instead of one on PATH: make up PYTHON=/opt/python/bin/python3
PYTHON ?=
TESTS ?= tests
# The number of processes for the tests: more than there are cores, because tests wait as much as
# they compute.  0 runs all tests in one process, which a debugger needs.
JOBS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 2)

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
PINS := requirements-dev.txt
# The tests start thousands of short processes: keep bytecode even if the shell's variables say
# otherwise, and let the engine (Go) collect garbage less often.
PYTEST := PYTHONDONTWRITEBYTECODE= GOGC=400 $(BIN)/python -m pytest --numprocesses $(JOBS) --no-loadscope-reorder
COMPILE := uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-annotate --custom-compile-command "make pins"

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

up: $(READY) ## deploy the example site to a local Heroku and print its address
	@$(BIN)/dynostack up

down: $(READY) ## stop what `make up` started; keep its data
	@$(BIN)/dynostack down

clean: $(READY) ## stop the local Heroku and delete all local data
	@$(BIN)/dynostack clean

test: toolchain ## run all tests but the long ones, or some: make test TESTS=tests/check
	$(PYTEST) -m "not long" $(TESTS)

long: toolchain ## run the long tests
	$(PYTEST) -m long $(TESTS)

soak: toolchain ## run all tests, with more generated cases
	DYNOSTACK_SOAK=1 $(PYTEST) $(TESTS)

bench: toolchain ## measure speed and memory, compared with similar programs
	@$(BIN)/python -m benchmarks

lint: $(READY) ## check format, style, types and imports; change nothing
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/codespell
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

fmt: $(READY) ## format the code and apply ruff's fixes
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(READY) ## generate the pages and the schema that are derived from the code
	$(BIN)/python -m dynostack.cli.commands_page
	$(BIN)/python -m dynostack.explain.pages
	$(BIN)/python -m dynostack.environment.schema
	$(BIN)/python -m tests.ledger.page

site: $(READY) ## build the documentation site in site/, with warnings as errors
	$(BIN)/python -m tools.site

pins: $(READY) ## update all pinned versions of packages and the engine's digests
	$(BIN)/$(COMPILE) --extra local --output-file requirements.txt pyproject.toml
	$(BIN)/$(COMPILE) --extra local --output-file requirements-dev.txt pyproject.toml requirements-dev.in
	$(BIN)/$(COMPILE) --output-file benchmarks/requirements.txt benchmarks/requirements.in
	$(BIN)/$(COMPILE) --output-file tools/pip.txt tools/pip.in
	$(BIN)/$(COMPILE) --output-file tools/site.txt tools/site.in
	$(BIN)/$(COMPILE) --output-file tools/release.txt tools/release.in
	$(BIN)/$(COMPILE) --output-file tests/node.txt tests/node.in
	$(BIN)/$(COMPILE) --output-file tests/actions/zizmor.txt tests/actions/zizmor.in
	$(BIN)/python -m dynostack.toolchain.digests

toolchain: $(READY) ## install the Pulumi engine, memcached, PostgreSQL and Valkey
	@$(BIN)/dynostack toolchain

# The file is written after the last step, so that the next run starts over if this one is killed;
# a later run with the same pins needs no network.
$(READY): $(PINS) pyproject.toml tools/make-venv tools/pip.txt
	@tools/make-venv $(VENV) $(PINS) $(PYTHON)
	@touch $@

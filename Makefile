# Needs make and Python 3.11 or newer; everything else is made here.  `make` lists the targets.
.DEFAULT_GOAL := help
.PHONY: help up down clean test soak bench lint fmt docs pins toolchain

# A Python to use before those found on PATH: make up PYTHON=/opt/python/bin/python3
PYTHON ?=
TESTS ?= tests
# How many processes share the tests: they wait as much as they compute, so more than there are
# cores.  0 runs them in one, as a debugger needs it.
JOBS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 2)

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
PINS := requirements-dev.txt
# Thousands of short processes: bytecode is kept whatever the shell says, and the engine (Go)
# collects less garbage.
PYTEST := PYTHONDONTWRITEBYTECODE= GOGC=400 $(BIN)/python -m pytest --numprocesses $(JOBS) --no-loadscope-reorder
COMPILE := uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-annotate --custom-compile-command "make pins"

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

up: $(READY) ## bring the example site up on a local Heroku and print its address
	@$(BIN)/dynostack up

down: $(READY) ## stop what `make up` started; data stays
	@$(BIN)/dynostack down

clean: $(READY) ## stop it and remove the local world with its data
	@$(BIN)/dynostack clean

test: toolchain ## run all tests; TESTS=tests/check runs a part of them
	$(PYTEST) $(TESTS)

soak: toolchain ## run the same tests with a bigger budget
	DYNOSTACK_SOAK=1 $(PYTEST) $(TESTS)

bench: toolchain ## measure speed and size, side by side with others
	@$(BIN)/python -m benchmarks

lint: $(READY) ## check format, style, types and imports; changes nothing
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

fmt: $(READY) ## format, and mend what ruff can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(READY) ## write the pages that are made of the code
	$(BIN)/python -m dynostack.cli.commands_page
	$(BIN)/python -m dynostack.explain.pages
	$(BIN)/python -m dynostack.environment.schema
	$(BIN)/python -m tests.ledger.page

pins: $(READY) ## renew all pins of packages and of the engine
	$(BIN)/$(COMPILE) --output-file requirements.txt requirements.in
	$(BIN)/$(COMPILE) --output-file requirements-dev.txt requirements-dev.in
	$(BIN)/$(COMPILE) --output-file benchmarks/requirements.txt benchmarks/requirements.in
	$(BIN)/$(COMPILE) --output-file tools/pip.txt tools/pip.in
	$(BIN)/$(COMPILE) --output-file tests/node.txt tests/node.in
	$(BIN)/python -m dynostack.toolchain.digests

toolchain: $(READY) ## find or make the engine and memcached
	@$(BIN)/dynostack toolchain

# Complete only when the last step is done, so a killed run is taken up by the next one; a later
# run with the same pins does no network.
$(READY): $(PINS) requirements.in pyproject.toml tools/make-venv tools/pip.txt
	@tools/make-venv $(VENV) $(PINS) $(PYTHON)
	@touch $@

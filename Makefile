# Everything a developer does here has a target; `make` alone prints them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

VENV ?= .venv
LOCK := deploy/requirements.lock
RUN := $(VENV)/bin/python
INSTALLED := $(VENV)/.installed-from-lock
PROJECT := $(VENV)/.project-linked
# The first interpreter that is new enough; `make PYTHON=/path/to/python3` names another.
ifndef PYTHON
PYTHON := $(shell for p in python3.11 python3.12 python3.13 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
endif

KILLS ?= 6

##@ Look at it
demo: $(PROJECT) ## a real broker, a worker, a day of traffic at speed by the telecom pack, a live table; ends by itself
	@$(RUN) -m monitor.console demo

broker: $(PROJECT) java ## run the development broker in the foreground (Ctrl-C ends it)
	@$(RUN) -m monitor.console broker

##@ Prove it
test: check java ## everything: check, all tests on a real broker, short chaos, bench and live-replay
	@$(RUN) -m pytest

check: $(PROJECT) ## format, lint, types, import rules, generated files up to date
	@$(RUN) -m ruff format --check --quiet .
	@$(RUN) -m ruff check --quiet .
	@$(RUN) -m mypy --no-error-summary
	@$(VENV)/bin/lint-imports --no-cache >/dev/null || $(VENV)/bin/lint-imports --no-cache
	@$(RUN) -m monitor.console schemas --check
	@echo "check: ok"

chaos: $(PROJECT) java ## kill, pause, restart, truncate; prints lost, false, duplicates, wrong_counters (KILLS=6)
	@$(RUN) -m tests.chaos --kills $(KILLS)

bench: $(PROJECT) java ## throughput and alert delay beside plain Faust and Quix Streams
	@$(RUN) -m tests.bench

live-replay: $(PROJECT) java ## a month of calls through Kafka equals the offline replay: differences: 0
	@$(RUN) -m tests.live_replay

backlog: $(PROJECT) java ## a worker that returns to an hour of backlog judges nothing falsely
	@$(RUN) -m tests.backlog

bad-events: $(PROJECT) java ## every bad event becomes a dead letter with the right reason
	@$(RUN) -m tests.bad_events

deadlines: $(PROJECT) ## 10,000 random deadlines from the command line equal a slow second implementation
	@$(RUN) -m tests.calendar 10000 1

##@ Work on it
fmt: $(PROJECT) ## format and fix what can be fixed
	@$(RUN) -m ruff check --fix --quiet . || true
	@$(RUN) -m ruff format --quiet .

gen: $(PROJECT) ## write the generated files: JSON Schemas, AsyncAPI, metric and setting references
	@$(RUN) -m monitor.console schemas

lock: $(INSTALLED) ## resolve the dependencies anew into the two hash-locked files
	@$(RUN) -m pip install --quiet uv
	@$(RUN) -m uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --upgrade \
		--no-emit-index-url --custom-compile-command "make lock" --quiet --output-file $(LOCK)
	@$(RUN) -m uv pip compile pyproject.toml --constraint $(LOCK) --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --custom-compile-command "make lock" --quiet --output-file deploy/runtime.lock

clean: ## remove the virtual environment, caches and the broker's data (not the downloaded jars)
	@rm -rf $(VENV) .work build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## print this
	@awk 'BEGIN {FS = ":.*## "} /^##@ / {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile
	@echo

$(INSTALLED): $(LOCK)
	@if [ -z "$(PYTHON)" ]; then echo "Python 3.11 or newer is needed; found: $$(python3 --version 2>&1 || echo none)." \
		"Install it (Debian: apt install python3 python3-venv) or name one: make PYTHON=/path/to/python3" >&2; exit 1; fi
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) has no venv module: apt install python3-venv" >&2; exit 1; }
	@[ -x $(RUN) ] || { echo "creating $(VENV) with $$($(PYTHON) --version)"; $(PYTHON) -m venv $(VENV); }
	@echo "installing the locked dependencies (about a minute, once)"
	@$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r $(LOCK)
	@touch $@

$(PROJECT): $(INSTALLED) pyproject.toml
	@$(RUN) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

java: # the broker of tests and demo; not needed when SLA_KAFKA names one
	@if [ -z "$${SLA_KAFKA:-}" ]; then \
		command -v java >/dev/null 2>&1 || { echo "A Kafka broker needs Java 17: apt install openjdk-17-jre-headless maven, or name a running broker: SLA_KAFKA=host:9092" >&2; exit 1; }; \
		java -version 2>&1 | grep -Eq 'version "(1[7-9]|[2-9][0-9])' || { echo "Java 17 or newer is needed; found: $$(java -version 2>&1 | head -1)" >&2; exit 1; }; \
		command -v mvn >/dev/null 2>&1 || { echo "Maven fetches the broker: apt install maven, or name a running broker: SLA_KAFKA=host:9092" >&2; exit 1; }; fi

.PHONY: demo broker test check chaos bench live-replay backlog bad-events deadlines fmt gen lock clean help java

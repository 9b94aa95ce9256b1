# `make run` and `make test` do all of their own set-up; nothing is done twice.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DATA := .data
RUN := runs/fashion_mnist
RUN_STEPS := 4500
# Four times the paper's, for so few steps: see docs/results.md.
RUN_RATES := --generator_lr=8e-4 --discriminator_lr=8e-4

.PHONY: run test conformance docs pages figures venv lint help

help:
	@echo "make run    train a DCGAN on Fashion-MNIST, some minutes"
	@echo "make test   lint, types, tests"
	@echo "make conformance"
	@echo "            every model in every way to train it, some more minutes"
	@echo "make docs   figures and pages from results/, some minutes;"
	@echo "            make pages without the figures"
	@echo "make venv   only make the environment $(VENV)"

# The environment. Its stamp is newer than what decides about its content.
venv: $(VENV)/.stamp

$(VENV)/.stamp: setup.py constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	    --constraint constraints.txt --editable '.[test]'
	touch $@

run: venv
	$(BIN)/python tools/prepare_data.py --dataset=fashion_mnist \
	    --data_dir=$(DATA)
	$(BIN)/python -m recipes.dcgan --dataset=fashion_mnist \
	    --data_dir=$(DATA) --workdir=$(RUN) --train_steps=$(RUN_STEPS) \
	    $(RUN_RATES) --export

# Two processes: most tests keep one core busy, or wait for a process of theirs.
test: lint
	$(BIN)/python -m pytest --numprocesses=2 --dist=loadfile \
	    --no-loadscope-reorder

# Beside the contract, which `make test` holds.
conformance: venv
	$(BIN)/python -m pytest --numprocesses=2 --dist=load -m conformance

# Figures first: the pages state what they computed.
docs: figures pages

figures: venv
	$(BIN)/python tools/dev/figures.py --out=docs/images/tutorial \
	    --json=results/figures.json

pages: venv
	for page in results performance serving distributed; do \
	    $(BIN)/python tools/dev/results_table.py --page=docs/$$page.md \
	        || exit; \
	done
	$(BIN)/python tools/dev/tutorial_page.py
	$(BIN)/python tools/dev/published_page.py

lint: venv
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

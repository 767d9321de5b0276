# Every target makes its virtual environment in .venv and uses it again.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

# The CPU build, where the index offers one under this number; other builds bring gigabytes.
TORCH := torch==2.13.0

.PHONY: help install app test test-milvus bench bench-compare check screenshots space clean
help: ## Show what can be made.
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: $(VENV)/app.done ## Install what the page and the command line need.

app: install ## Open the chat page at http://127.0.0.1:7860.
	$(BIN)/python app.py

test: $(VENV)/dev.done ## Run all tests.
	$(BIN)/python -m pytest -n auto $(ARGS)

check: $(VENV)/dev.done ## Run linters, type checks and the corpus check.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m corpus.check $(SOURCES)

test-milvus: $(VENV)/dev.done ## Run the tests that ask a real Milvus server, which they start.
	HOSPITALQA_TEST_MILVUS=1 $(BIN)/python -m pytest -n 2 --dist loadfile -m milvus $(ARGS)

bench: $(VENV)/dev.done ## Run the benchmarks; they print their figures.
	$(BIN)/python -m benchmarks $(ARGS)

bench-compare: $(VENV)/dev.done ## Show what changed: make bench-compare OLD=a.json NEW=b.json
	$(BIN)/python -m benchmarks.compare $(OLD) $(NEW)

screenshots: $(VENV)/dev.done ## Make the pictures in docs/ with a real browser.
	$(BIN)/python -m docs.screenshots

space: $(VENV)/dev.done ## Install what a Hugging Face Space installs, afresh, and ask it something.
	$(BIN)/python -m tests.web.space

clean: ## Remove the virtual environment and what tools left behind.
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache build *.egg-info

$(VENV)/venv.done:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed, $(PYTHON) is older; try: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --upgrade "pip>=25.1"
	touch $@

$(VENV)/app.done: pyproject.toml $(VENV)/venv.done
	$(PIP) install --quiet --editable .
	touch $@

$(VENV)/dev.done: pyproject.toml $(VENV)/venv.done
	$(PIP) install --quiet $(TORCH)
	$(PIP) install --quiet --editable ".[models,bench]" --group dev
	touch $@ $(VENV)/app.done

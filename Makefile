# Everything runs in a virtual environment of its own; PYTHON chooses the interpreter (3.11 to 3.13).
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run install locked lock check check-page test test-long test-browser test-slow fuzz bench docs clean

run: $(VENV)/.installed
	$(BIN)/python scripts/train_pipeline.py

install: $(VENV)/.installed

# The versions and files of requirements.lock and no others; `make run` and `make test` then use them.
locked:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	touch $(VENV)/.installed $(VENV)/.installed-dev

lock:
	uv pip compile --universal --generate-hashes --python-version 3.11 --extra dev \
	  --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
	  pyproject.toml -o requirements.lock

check: $(VENV)/.installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Types and rules of the review page's own JavaScript; the page itself needs no Node.
check-page:
	@if command -v npm > /dev/null; \
	then cd page && npm ci --silent --no-fund --no-audit && npm run check; \
	else echo "check-page: skipped, it needs Node 20 and npm"; fi

# Each of the tests' many processes would compile every module anew.
unexport PYTHONDONTWRITEBYTECODE
TEST := $(BIN)/pytest -n auto --dist worksteal

test: $(VENV)/.installed-dev
	$(TEST)

test-long: $(VENV)/.installed-dev
	$(TEST) -m "long and not (browser or slow)"

test-browser: $(VENV)/.installed-dev
	$(TEST) -m "browser and not slow"

test-slow: $(VENV)/.installed-dev
	$(BIN)/pytest -m "slow or hypothesis" --hypothesis-profile thorough

# NUMBER damaged inputs; the same SEED damages them in the same way.
NUMBER ?= 100000
SEED ?= 0

fuzz: $(VENV)/.installed-dev
	cd tests && $(abspath $(BIN))/python -m fuzz --number $(NUMBER) --seed $(SEED) --kept ../runs/fuzz

bench: $(VENV)/.installed-dev
	$(BIN)/python -m pip install --quiet -e ".[bench]"
	$(BIN)/python -m bench.run
	$(BIN)/python bench/dino_speed.py

# The documentation as a site in site/, of which every link is checked.
docs: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet -e ".[docs]"
	$(BIN)/mkdocs build --strict

clean:
	rm -rf $(VENV) site .mypy_cache .pytest_cache .ruff_cache .import_linter_cache

$(VENV)/.installed: pyproject.toml requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet -r requirements.txt
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet -e ".[dev]"
	touch $@

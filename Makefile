# `make run` and `make test` are all the set-up there is; both need Python 3.11 or newer and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUT ?= out
CONSTRAINTS ?=
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check $(if $(CONSTRAINTS),-c $(CONSTRAINTS))
VERSIONS ?= 3.11 3.12 3.13 3.14

.PHONY: run test test-spark integrations matrix bench docs site release mutants nightly clean-all

run: $(VENV)/installed
	@rm -rf $(OUT)
	$(BIN)/clean run seeds/ $(OUT)/

test: $(VENV)/installed-test
	$(BIN)/ruff check cleaner tests tools
	$(BIN)/ruff format --check cleaner tests tools
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m pytest -n auto --dist loadfile $(if $(COVERAGE),--cov)

test-spark: $(VENV)/installed-spark
	SPARK_LOCAL_IP=127.0.0.1 $(BIN)/python -m pytest -p no:xdist tests/engines/test_spark_cluster.py $(if $(TEST),-k $(TEST))

# The real libraries are large, so that they have an environment of their own.
integrations:
	@test -x $(VENV)-integrations/bin/python || $(PYTHON) -m venv $(VENV)-integrations
	@$(VENV)-integrations/bin/python -m pip install --quiet --disable-pip-version-check -e '.[test,html,words,integrations]'
	$(VENV)-integrations/bin/python -m pytest tests/integrations tests/project/test_pages.py

# The suite on each Python that is at hand: of the system, of uv, or of pyenv. One that is not is named, and is no failure.
matrix:
	@failed=; for version in $(VERSIONS); do \
	    python=$$(command -v python$$version) && $$python -c '' 2>/dev/null \
	        || python=$$(uv python find --no-python-downloads $$version 2>/dev/null) \
	        || python=$$(ls -d $$HOME/.pyenv/versions/$$version.*/bin/python 2>/dev/null | tail -1 | grep .) \
	        || { echo "Python $$version is not at hand"; continue; }; \
	    echo "Python $$version: $$python"; \
	    $(MAKE) --no-print-directory test PYTHON=$$python VENV=.venv-$$version || failed="$$failed $$version"; \
	done; test -z "$$failed" || { echo "failed on:$$failed"; exit 1; }

bench: $(VENV)/installed-test
	for name in encoding linebreaks boilerplate translation rules language html dedup; do \
	    $(BIN)/python -m tests.bench.bench_$$name || exit 1; \
	done

docs: $(VENV)/installed
	$(BIN)/python tools/make_docs.py
	$(BIN)/python tools/make_readme.py
	$(BIN)/python tools/make_terminal.py

site: $(VENV)/installed-docs
	$(BIN)/python tools/make_site.py

$(VENV)/installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed: make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) -e .
	@touch $@

$(VENV)/installed-test: $(VENV)/installed
	@$(PIP) -e '.[test,html,words]'
	@touch $@

$(VENV)/installed-spark: $(VENV)/installed-test
	@$(PIP) -e '.[spark]'
	@touch $@

$(VENV)/installed-docs: $(VENV)/installed
	@$(PIP) -e '.[docs]'
	@touch $@

clean-all:
	rm -rf $(VENV) $(VENV)-*  $(OUT) dist build site .pytest_cache .mypy_cache .ruff_cache .hypothesis

release: $(VENV)/installed-test
	$(BIN)/python tools/release.py $(VERSION)

nightly: $(VENV)/installed-test
	$(BIN)/python -m tests.faults.nightly --kills 2000 --corruptions 50000 --seed $$(date +%j)

mutants: $(VENV)/installed-test
	$(BIN)/python tools/mutate.py --mutants 150 --seed 1 --jobs 2

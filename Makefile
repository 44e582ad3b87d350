# Two commands: `make solve` and `make test`. Both set everything up; what is installed is kept until the lock changes.

PYTHON := $(shell for p in python3 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
STAMP := .venv/.installed
CASE ?= inputs/india.xlsx
JOBS ?= 2

.PHONY: solve test inputs docs lock clean

solve: $(STAMP)
	$(BIN)/optimizer solve $(CASE) $(OPTIONS)

test: $(STAMP)
	$(BIN)/python -m pytest -n $(JOBS) $(OPTIONS)

inputs: $(STAMP)
	for case in india first_steps; do $(BIN)/python -c "from optimizer.case.write import csv_folder_to_xlsx as make; \
		make('inputs/$$case', 'inputs/$$case.xlsx')" || exit 1; done

docs: $(STAMP)
	$(BIN)/python -m optimizer.case.reference > docs/workbook.md

$(STAMP): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "This needs Python 3.11, 3.12 or 3.13; none was found."; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $(STAMP)

lock:
	uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 \
		--extra test pyproject.toml -o requirements.lock

clean:
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache

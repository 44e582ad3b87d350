# Two commands: `make solve` and `make test`. Both set everything up; what is installed is kept until the lock changes.

# The first that fits, `python3` before others; `make solve PYTHON=/a/python` names another.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' >/dev/null 2>&1 && echo "$$p" && break; \
	done)
BIN := .venv/bin
STAMP := .venv/.installed
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
CASE ?= inputs/india.xlsx
JOBS ?= 2

.PHONY: solve test bench inputs docs lock clean

solve: $(STAMP)
	$(BIN)/python -m optimizer solve $(CASE) $(OPTIONS)

test: $(STAMP)
	$(BIN)/python -m pytest -n $(JOBS) $(OPTIONS)

# Measures beside peers, which are installed for it alone, in a folder of their own; `make bench PARTS="cold resolve"`.
bench: .venv-bench/.installed
	.venv-bench/bin/python -m tests.benchmarks $(PARTS)

.venv-bench/.installed: tests/benchmarks/requirements.lock pyproject.toml
	"$(PYTHON)" -m venv --clear .venv-bench
	.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes \
		-r tests/benchmarks/requirements.lock
	.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

inputs: $(STAMP)
	for case in india first_steps; do $(BIN)/python -c "from optimizer.case.write import csv_folder_to_xlsx as make; \
		make('inputs/$$case', 'inputs/$$case.xlsx')" || exit 1; done

docs: $(STAMP)
	$(BIN)/python -m optimizer.case.reference > docs/workbook.md
	$(BIN)/python -m optimizer.model.method > docs/method.md
	$(BIN)/python -m optimizer.commands.reference > docs/commands.md
	$(BIN)/python docs/site/json_page.py > docs/json.md
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet --config-file docs/site/mkdocs.yml
	@echo "The pages are in build/site/index.html"

# Made anew when the lock or the project changes, so that no package of an older lock stays behind.
$(STAMP): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "This needs Python 3.11, 3.12 or 3.13, and none was found on the path." \
		"Install one, or name it: make $(MAKECMDGOALS) PYTHON=/where/it/is/python3.12" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || { \
		echo "This needs Python 3.11, 3.12 or 3.13; '$(PYTHON)' is not one of them." >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { echo "'$(PYTHON)' cannot make environments:" \
		"its venv module is missing (on Debian and Ubuntu the package python3-venv)." >&2; exit 1; }
	"$(PYTHON)" -m venv --clear .venv
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-build-isolation --no-deps -e .
	@touch $(STAMP)

lock:
	uv pip compile --no-config --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 \
		--extra test pyproject.toml -o requirements.lock
	uv pip compile --no-config --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 \
		--extra test --extra bench -c requirements.lock pyproject.toml -o tests/benchmarks/requirements.lock

clean:
	rm -rf .venv .venv-bench build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis

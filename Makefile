PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
export FLASK_APP := wsgi

.DEFAULT_GOAL := help
.PHONY: help run test suite test-long lint format lock docs screenshots

help:  ## Show this help.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/.runtime  ## Serve everything on http://127.0.0.1:8000 (PORT=9000 make run: elsewhere).
	@set -a; [ ! -f .env ] || . ./.env; exec $(BIN)/flask serve --port $(PORT)

test: .venv/.dev  ## Check everything: style, types, floors, and tests on SQLite and PostgreSQL.
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=line lint suite
	@echo "All checks passed."

suite: .venv/.dev
	$(BIN)/pytest -p tests.plugins.coverage -n 3 --dist worksteal -m "not long"

test-long: .venv/.dev  ## Run the long forms of the reduced tests; they print their counts.
	$(BIN)/pytest -m long -s --hypothesis-profile=wide

lint: .venv/.dev  ## Check style, types and floors.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --quiet --lint bacowr/web/templates bacowr/api/templates

format: .venv/.dev  ## Put every file into shape.
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: .venv/.dev  ## Write the generated pages of docs/ anew.
	$(BIN)/python docs/generate.py

screenshots: .venv/.dev  ## Take the pictures of docs/screenshots from made-up data (needs Chromium).
	$(BIN)/python docs/shoot.py

lock: .venv/.dev  ## Compile requirements.txt and requirements-dev.txt from their .in files.
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --upgrade --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 requirements.in -o requirements.txt
	$(BIN)/uv pip compile --upgrade --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 requirements-dev.in -o requirements-dev.txt

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "BACOWR needs Python 3.11 or newer; PYTHON=python3.12 make … names one.")'
	@$(PYTHON) -m venv .venv

.venv/.runtime: requirements.txt | .venv/bin/python
	@echo "Installing what BACOWR runs on …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/.dev: requirements-dev.txt .venv/.runtime
	@echo "Installing what the checks need …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

# Ketang 客堂. `make demo` for a first look, `make check` before every commit, `make test` for everything.
PYTHON ?= python3
PY := .venv/bin/python
PIP := .venv/bin/pip --disable-pip-version-check -q
STAMPS := .venv/.stamps
SQLITE_HOME := $(CURDIR)/var/test

.PHONY: setup setup-test demo docs check test lint types contracts unit unit-postgres journeys faults bench lock clean screens

setup: $(STAMPS)/main $(STAMPS)/front ## virtual environment, hashed requirements, built pages; leaves .venv/bin/ketang

$(STAMPS)/main: requirements/main.txt pyproject.toml tools/messages.py $(wildcard src/ketang/shell/locale/*/LC_MESSAGES/*.po)
	@$(PYTHON) -c 'import sys; sys.exit("Ketang needs Python 3.11 or newer · 需要 Python 3.11 或更新" if sys.version_info < (3, 11) else 0)'
	test -x $(PY) || $(PYTHON) -m venv .venv
	$(PIP) install --require-hashes -r requirements/main.txt
	$(PIP) install --no-build-isolation --no-deps -e .
	$(PY) tools/messages.py compile
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/front: frontend/package-lock.json $(shell find frontend/src -type f 2>/dev/null) frontend/vite.config.ts
	@node -e 'if (+process.versions.node.split(".")[0] < 20) { console.error("Ketang needs Node 20 or newer · 需要 Node 20 或更新"); process.exit(1) }'
	cd frontend && npm ci --no-audit --no-fund --loglevel=error && npm run --silent build
	@mkdir -p $(STAMPS) && touch $@

demo: setup ## a working district on 127.0.0.1:8000; LAN=1 for phones on the local network
	.venv/bin/ketang demo $(if $(LAN),--lan)

docs: ## the pages of docs/guide that list what the code declares
	.venv/bin/python tools/reference.py

setup-test: setup $(STAMPS)/test ## what tests need; on Debian as root it installs what is missing
	sh tools/setup-test.sh

$(STAMPS)/test: requirements/test.txt
	$(PIP) install --require-hashes -r requirements/test.txt
	@mkdir -p $(STAMPS) && touch $@

check: setup $(STAMPS)/test lint types contracts quick ## under 90 seconds

quick: ## every room on SQLite, less the long proofs
	@rm -rf $(SQLITE_HOME) && mkdir -p $(SQLITE_HOME)
	KETANG_HOME=$(SQLITE_HOME) .venv/bin/pytest -n 2 -m "not postgres and not slow" src tests/architecture

lint:
	.venv/bin/ruff check --quiet .
	.venv/bin/ruff format --check --quiet .
	cd frontend && npm run --silent check

types:
	.venv/bin/mypy

contracts:
	PYTHONPATH=src .venv/bin/lint-imports --no-cache

unit: ## every room and the architecture, on SQLite
	@rm -rf $(SQLITE_HOME) && mkdir -p $(SQLITE_HOME)
	KETANG_HOME=$(SQLITE_HOME) .venv/bin/pytest -n 2 -m "not postgres" src tests/architecture

unit-postgres: ## the same on a private PostgreSQL
	KETANG_HOME=$(SQLITE_HOME) $(PY) -m ketang.config.private_postgres .venv/bin/pytest -n 2 src

journeys: ## real browser; all on SQLite, one on PostgreSQL
	KETANG_HOME=$(SQLITE_HOME) .venv/bin/pytest tests/journeys
	KETANG_HOME=$(SQLITE_HOME) $(PY) -m ketang.config.private_postgres .venv/bin/pytest tests/journeys -m postgres_too

faults: ## kill -9, a database that goes away, backup and restore
	KETANG_HOME=$(SQLITE_HOME) .venv/bin/pytest tests/faults

test: setup-test lint types contracts unit unit-postgres journeys faults ## everything

bench: setup ## speed, with a floor measured in the same run
	.venv/bin/ketang bench cases --db postgres --n 10000,100000,1000000 --json

lock: ## pin requirements/*.in with hashes and no index address
	for f in main test; do $(PY) -m piptools compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header --allow-unsafe --strip-extras -o requirements/$$f.txt requirements/$$f.in; done

screens: setup ## pictures for the README and the guide
	$(PY) tools/screens.py

clean:
	rm -rf .venv var frontend/node_modules src/ketang/shell/static/dist

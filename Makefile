# landhub: everything one does with a working tree. `make help` lists it; each target sets up what it needs.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
export PYTHON
BIN := .venv/bin
BUF := node_modules/.bin/buf
CODE := $(wildcard hub signer_agent gost sealed evidence sandbox clients/python/src/landhub_client tools tests)
RELEASE_IMAGE := proto/landhub.binpb
# What generates Java is fetched by Maven; without it Java is left as it is (in CI it may not lack).
JAVA_PLUGINS := $(if $(or $(filter true,$(CI)),$(shell command -v mvn)),build/tools/java/.ready)
GENERATORS := .venv/.ready node_modules/.ready $(JAVA_PLUGINS)
SEEDS ?= 10000
KILLS ?= 200
FIRST_SEED ?= 1
# The long tests besides: refused calls, rotations, bad requests. Whoever asks for fewer seeds wants them alone.
LONG ?= $(shell [ $(SEEDS) -ge 10000 ] && echo 1 || echo 0)

.PHONY: help
help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup
setup: .venv/.ready ## Install what running needs: Debian packages (as root), then Python's in .venv

.PHONY: demo
demo: .venv/.ready ## Run the land deal from end to end; KEEP=1 leaves everything running, PORT_BASE=N moves its ports
	@$(BIN)/python -m sandbox.demo $(if $(KEEP),--keep) $(if $(PORT_BASE),--port-base $(PORT_BASE))

DB ?= sqlite
# Tests run in as many processes, a file's tests in one of them; ARGS="-n0" for one that a debugger can enter.
WORKERS ?= 2
# What opens a database; all other tests are the same with either.
DATABASE_TESTS := tests/unit/core tests/unit/storage tests/unit/app tests/unit/cli tests/modules tests/e2e

.PHONY: test
test: lint ## Every check, then every test; DB=postgresql: those that open a database, on a server of its own; ARGS="..." goes to pytest
ifeq ($(DB),postgresql)
	@tools/system-packages postgresql
	@TEST_DATABASE=$(DB) $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(DATABASE_TESTS) $(ARGS)
else ifeq ($(DB),sqlite)
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(ARGS)
else
	@echo 'make: DB is "sqlite" or "postgresql"' >&2; exit 1
endif

.PHONY: lint
lint: $(GENERATORS) ## Every check that runs nothing: style, types, layers, contract, generated code
	@failed=0; \
	tools/step "style (ruff check)" $(BIN)/ruff check . || failed=1; \
	tools/step "format (ruff format)" $(BIN)/ruff format --diff . || failed=1; \
	tools/step "types (mypy --strict)" $(BIN)/mypy --strict $(CODE) || failed=1; \
	tools/step "types on Windows (mypy)" $(BIN)/mypy --strict --no-warn-unreachable --platform win32 \
	  --cache-dir .mypy_cache/win32 signer_agent gost sealed || failed=1; \
	tools/step "layers (import-linter)" $(BIN)/lint-imports --no-logo || failed=1; \
	tools/step "contract: style (buf lint)" $(BUF) lint || failed=1; \
	tools/step "contract: format (buf format)" $(BUF) format --diff --exit-code proto || failed=1; \
	tools/step "contract: compatible (buf breaking)" $(BUF) breaking proto --against $(RELEASE_IMAGE) || failed=1; \
	tools/step "contract: generated code is current" $(BIN)/python tools/generate.py --check || failed=1; \
	exit $$failed

.PHONY: proto-check
proto-check: $(GENERATORS) ## Is the generated code what proto/ generates?
	@tools/step "contract: generated code is current" $(BIN)/python tools/generate.py --check

.PHONY: proto
proto: $(GENERATORS) ## Generate Python, Go, Java and TypeScript from proto/
	@tools/step "generating from proto/" $(BIN)/python tools/generate.py

.PHONY: format
format: .venv/.ready node_modules/.ready ## Format Python and proto, and repair what ruff can
	@tools/step "ruff check --fix" $(BIN)/ruff check --fix-only --quiet .
	@tools/step "ruff format" $(BIN)/ruff format .
	@tools/step "buf format" $(BUF) format --write proto

.PHONY: campaign
campaign: .venv/.ready ## The long seeded runs: SEEDS=10000 from FIRST_SEED=1, KILLS=200 (over DB), LONG=1; docs/campaigns.md
	@tools/system-packages $(if $(filter 1,$(LONG)),bench) && tools/system-packages $(if $(filter postgresql,$(DB)),postgresql)
	@failed=0; \
	$(BIN)/python tests/campaign --seeds $(SEEDS) --first-seed $(FIRST_SEED) --kills $(KILLS) --database $(DB) $(ARGS) || failed=1; \
	if [ $(LONG) = 1 ]; then $(BIN)/python -m pytest -m campaign tests/campaign tests/contract tests/modules -s -vv --no-header || failed=1; fi; \
	exit $$failed

.PHONY: fuzz
fuzz: .venv/.ready ## Bad requests to every RPC: FUZZ_SECONDS=600, FUZZ_SEED=N (the day's); build/fuzz.json at the end
	@$(BIN)/python -m pytest -m campaign tests/campaign/fuzz -s

.PHONY: bench
bench: .venv/.ready ## Figures of this machine, as ratios; README=1 puts them there; ARGS="..." goes to pytest
	@tools/system-packages bench && tools/system-packages postgresql
	@README=$(README) $(BIN)/python -m pytest -m bench tests/bench -s $(ARGS)

.PHONY: lock
lock: .venv/.ready ## Pin the newest versions that requirements*.in allow
	@for name in requirements requirements-dev; do \
	  tools/step "$$name.lock" $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --upgrade \
	    --generate-hashes --no-header --no-emit-index-url $$name.in --output-file $$name.lock; done

.PHONY: release-image
release-image: .venv/.ready node_modules/.ready ## Take proto/ as the released contract; WHY="..." becomes its CHANGELOG line
	@mkdir -p build
	@$(BUF) build proto --exclude-source-info --output build/release.binpb
	@$(BIN)/python tools/release_image.py --image build/release.binpb --why "$(WHY)"

.PHONY: wheel
wheel: .venv/.ready ## Build what is installed: dist/landhub-*.whl
	@rm -rf dist
	@tools/step "wheel" $(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation \
	  --wheel-dir dist .

.PHONY: clean
clean: ## Remove what was built (not .venv and node_modules)
	@rm -rf build clients/java/target clients/typescript/dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -not -path './.venv/*' -not -path './node_modules/*' -prune -exec rm -rf {} +

.venv/.ready: requirements-dev.lock
	@tools/system-packages
	@tools/step "Python environment" $(PYTHON) -m venv .venv
	@tools/step "Python packages (about a minute)" $(BIN)/python -m pip install --quiet --disable-pip-version-check \
	  --require-hashes --requirement requirements-dev.lock
	@tools/step "landhub itself, in place" $(BIN)/python -m pip install --quiet --disable-pip-version-check \
	  --no-deps --no-build-isolation --editable .
	@touch $@

node_modules/.ready: package-lock.json
	@tools/system-packages checks
	@tools/step "buf, ts-proto, TypeScript" npm ci --loglevel=error --ignore-scripts --no-audit --no-fund
	@touch $@

build/tools/java/.ready: clients/java/pom.xml | node_modules/.ready
	@mkdir -p $(@D)
	@tools/step "protoc and its plugin for Java" mvn --batch-mode --no-transfer-progress --quiet --file clients/java/pom.xml \
	  -Dlandhub.plugins=$(abspath $(@D)) -Dplugin.platform=linux-$(subst aarch64,aarch_64,$(shell uname -m)) dependency:copy@plugins
	@chmod +x $(@D)/protoc $(@D)/protoc-gen-grpc-java
	@touch $@

# Tessera's commands. `make` alone lists them; each brings what it needs with it.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
# Each of the many processes of a test or a demo would compile everything anew.
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
# One Flet for the app and for its packager.
FLET := $(shell sed -n 's/^flet==//p' .ci/constraints.txt)
# What an environment is made from: when one of these changes, it is made again.
PARTS := pyproject.toml .ci/constraints.txt .ci/install
NAME ?=
SEEDS ?= 1000
FROM ?= 0
ROUNDS ?= 200

.PHONY: help run test test-slow simulate rounds mutate bench apk catalogues extract format lint types clean

help: ## list these commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

run: .venv/with-server catalogues ## start the demo: a server, a tablet and a console
	exec $(BIN)/tessera demo

# Types keep one core busy for a minute. The other reads the tests meanwhile, so that
# they lie there as bytecode; what fails in that fails again below, in words.
test: lint ## everything that a change must pass
	$(MAKE) --no-print-directory types & \
	  .ci/install-system && \
	  $(BIN)/python -m app.i18n.check && \
	  { $(BIN)/python -m pytest --collect-only -q >/dev/null || true; } && \
	  wait $$!
	CI=true $(BIN)/python -m pytest -n 3 --dist worksteal -m "not slow and not browser"
	CI=true $(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder \
	  -m "not slow and browser"

test-slow: .venv/with-dev catalogues ## the long tests, and the coverage of all of them
	.ci/install-system
	CI=true $(BIN)/python -m pytest --hypothesis-profile=thorough --cov --durations=20

simulate: .venv/with-dev ## run many simulated worlds: make simulate SEEDS=5000 [FROM=0]
	$(BIN)/python -m tests.convergence.simulate --seeds $(SEEDS) --from $(FROM)

rounds: .venv/with-dev ## cut and kill real processes: make rounds ROUNDS=200
	.ci/install-system
	$(BIN)/python -m tests.convergence.rounds --rounds $(ROUNDS)

mutate: .venv/with-dev catalogues ## break the rules of sync, one after the other, and see each found
	.ci/install-system
	$(BIN)/python -m tests.convergence.mutate

bench: .venv/with-dev catalogues ## measure one thing: make bench NAME=...
	@test -n "$(NAME)" || { echo "make bench NAME=one of:"; \
	  ls tests/benchmarks | sed -n 's/^\([a-z]\w*\)\.py$$/  \1/p'; exit 2; }
	$(BIN)/python -m tests.benchmarks.$(NAME)

apk: .venv/with-dev catalogues ## package the Android app (not tried here)
	@echo "flet build apk, $(FLET): the project has not tried this yet."
	@echo "It fetches Flutter and the Android SDK on its first run."
	test -x .venv-apk/bin/python || $(BIN)/python -m venv .venv-apk
	.venv-apk/bin/python -m pip install --quiet -c .ci/constraints.txt \
	  "flet-cli==$(FLET)" "flet==$(FLET)"
	.venv-apk/bin/flet build apk --yes </dev/null

catalogues: | .venv/with-any ## compile the translations
	$(BIN)/python -m app.i18n.compile

extract: .venv/with-dev ## bring the catalogues up to the sources' sentences
	$(BIN)/python -m app.i18n.extract

format: .venv/with-dev ## put the code into its form
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

lint: .venv/with-dev catalogues ## check form, style and walls
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/lint-imports

types: .venv/with-dev ## check types
	$(BIN)/mypy

clean: ## remove what can be made again
	rm -rf .venv .venv-apk build *.egg-info .mypy_cache .pytest_cache .ruff_cache \
	  .import_linter_cache .hypothesis .coverage locales/*/LC_MESSAGES/*.mo
	find app sync_server tests -name __pycache__ -prune -exec rm -rf {} +

.venv/with-server: $(PARTS)
	.ci/install server
	touch $@

.venv/with-dev: $(PARTS)
	.ci/install server,dev
	touch $@ .venv/with-server

# Compiling needs the project and no extra: whichever is there will do.
.venv/with-any:
	@test -e .venv/with-server || $(MAKE) --no-print-directory .venv/with-server

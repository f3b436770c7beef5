# Two commands do everything: `make run` and `make test`. They need Python 3.11 or newer and make.

PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
export DSPP_PORT := $(or $(PORT),$(DSPP_PORT))
export DSPP_FOLDER := $(or $(FOLDER),$(DSPP_FOLDER))
# Both commands start many Python processes, each of which would compile the platform anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test code psql reset lint lint-types lint-rest messages lock

help:
	@echo "make run [PORT=8000] [FOLDER=.local]  start everything, with demonstration people"
	@echo "make test                             run every test"
	@echo "make code                             the second factor of the demonstration staff"
	@echo "make psql DB=idpoor                   look into an operator's database"
	@echo "make reset                            forget what the demonstration stored"
	@echo "make lint | messages | lock           for developers"

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed. Name it: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV)

# The stamp is written last, so an installation that was cut off is taken up again.
$(VENV)/installed: $(BIN)/python requirements.txt
	@echo "Installing (once) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.txt
	@touch $@

$(VENV)/installed-dev: $(BIN)/python requirements-dev.txt
	@echo "Installing (once) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements-dev.txt
	@touch $@ $(VENV)/installed

run: $(VENV)/installed
	@exec $(BIN)/python -m dsp_platform.devserver.run

code psql reset: $(VENV)/installed
	@$(BIN)/python -m dsp_platform.devserver.run $@ $(if $(filter psql,$@),$(DB))

test: $(VENV)/installed-dev
	@$(BIN)/python -m pytest -q -n 3 --dist loadfile --no-loadscope-reorder --durations=10 --durations-min=1 $(ARGS)

# Two at a time: the types take as long as all the rest.
lint: $(VENV)/installed-dev
	@$(MAKE) --no-print-directory --jobs=2 lint-types lint-rest

lint-types:
	@$(BIN)/mypy

# Dead code is looked for a second time without the tests: what only they use is dead.
lint-rest:
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/djade --target-version 5.2 --check $$(git ls-files "*.html") && \
	  $(BIN)/vulture && $(BIN)/vulture dsp_platform registry applications grievances benchmarks manage.py && \
	  $(BIN)/lint-imports --no-logo

messages: $(VENV)/installed-dev
	@$(BIN)/python manage.py messages extract

lock: $(VENV)/installed-dev
	@$(PYTHON) -m venv $(VENV)-lock && $(VENV)-lock/bin/python -m pip install --quiet pip-tools
	@for name in requirements requirements-dev; do $(VENV)-lock/bin/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe \
	  --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header --output-file $$name.txt $$name.in || exit 1; done

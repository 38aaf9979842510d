# make run: the app on 127.0.0.1 with the sample cohort. make test: everything that must hold.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test test-deploy bench

run: $(VENV)/runtime
	$(BIN)/streamlit run app.py

test: $(VENV)/tests
	$(BIN)/ruff check .
	$(BIN)/python -m pytest -n 2 --dist loadgroup -q

# nginx before two copies of the program, fifty people, a browser: a minute or two
test-deploy: $(VENV)/tests
	THAL_LONG=1 $(BIN)/python -m pytest -q tests/deploy/test_copies.py

bench: $(VENV)/runtime
	$(BIN)/python -m bench

$(VENV)/runtime: requirements.txt constraints.txt
	$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'Python 3.11 or newer is needed; try: make run PYTHON=python3.11')"
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt -c constraints.txt
	touch $@

$(VENV)/tests: $(VENV)/runtime requirements-test.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-test.txt -c constraints.txt
	touch $@

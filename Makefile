# make run: the app on 127.0.0.1 with the sample cohort. make test: everything that must hold.
# make slow: makes the checked-in files again and compares them byte for byte.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test slow bench

run: $(VENV)/runtime
	$(BIN)/streamlit run app.py

test: $(VENV)/tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/python -m pytest -n 2 --dist loadfile -q

slow: $(VENV)/tests
	$(BIN)/python -m pytest -m slow -q

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

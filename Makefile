# make run: the app on 127.0.0.1 with the sample cohort. make test: everything that must hold.
# make slow: makes the checked-in files again and compares them byte for byte.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test slow test-deploy kit test-kit fuzz bench

run:
	$(PYTHON) start.py

test: $(VENV)/tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/python -m pytest -n 2 --dist loadfile -q

slow: $(VENV)/tests
	$(BIN)/python -m pytest -m slow -q

# nginx before two copies of the program, fifty people, a browser: a minute or two
test-deploy: $(VENV)/tests
	THAL_LONG=1 $(BIN)/python -m pytest -q tests/deploy/test_copies.py

# one folder and its zip for Windows computers without internet: kit/thal-kit.zip (400 MB)
kit: $(VENV)/runtime
	$(BIN)/python -m tools.kit.build

# the same for this system, installed and started with the network refused; every Windows wheel fetched and compared
test-kit: $(VENV)/tests
	THAL_LONG=1 $(BIN)/python -m pytest -q --timeout=1800 tests/kit

# twenty thousand mutated files through the program: about two hours of processor time
fuzz: $(VENV)/tests
	$(BIN)/python -m bench.fuzz

bench: $(VENV)/runtime
	$(BIN)/python -m bench

$(VENV)/runtime: requirements.txt constraints.txt start.py
	$(PYTHON) start.py --install-only
	touch $@

$(VENV)/tests: $(VENV)/runtime requirements-test.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-test.txt -c constraints.txt
	touch $@

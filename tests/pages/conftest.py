"""The app without a browser: one page at a time, with app.py's own sidebar around it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[2]
THIRTEEN = ROOT / "tests" / "data" / "table3_2024.csv"


@pytest.fixture(scope="session")
def thirteen() -> object:
    """The 13 printed patients, read through the one door."""
    from thal_core import read_cohort
    from ui.session import Loaded

    data = THIRTEEN.read_bytes()
    return Loaded(read_cohort(data, filename=THIRTEEN.name), THIRTEEN.name, data)


@pytest.fixture(autouse=True)
def from_the_entry(monkeypatch):
    """Every run of a test starts at app.py, as a browser's does: with a folder called pages/ beside
    it, AppTest would run the page alone from the second run on, without the sidebar.
    """
    run = AppTest._run

    def from_app(self: AppTest, *args: object, **settings: object) -> AppTest:
        self._finished_page_script_hash = ""
        return run(self, *args, **settings)

    monkeypatch.setattr(AppTest, "_run", from_app)


@pytest.fixture
def app() -> Callable[..., AppTest]:
    """``app("genotypes", loaded)``: the page after its first run; without ``loaded`` the sample
    opens by itself.
    """

    def start(
        page: str = "cohort", loaded: object = "sample", query: dict[str, object] | None = None
    ) -> AppTest:
        test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        test.session_state["start_page"] = page
        if loaded != "sample":
            test.session_state["loaded"] = loaded
        for name, value in (query or {}).items():
            test.query_params[name] = value
        return test.run()

    return start

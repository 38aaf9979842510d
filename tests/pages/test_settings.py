"""``streamlit run app.py`` alone is safe: every setting that matters stands in
.streamlit/config.toml.
"""

from __future__ import annotations

import tomllib

import pytest

from tests.pages.conftest import ROOT


@pytest.mark.parametrize(
    ("section", "name", "value"),
    [
        ("server", "address", "127.0.0.1"),
        ("server", "maxUploadSize", 50),
        ("server", "showEmailPrompt", False),
        ("server", "enableXsrfProtection", True),
        ("server", "enableCORS", True),
        ("browser", "gatherUsageStats", False),
        ("client", "showErrorDetails", "none"),
        ("client", "showErrorLinks", False),
        ("client", "showSidebarNavigation", False),
        ("server", "allowedHosts", ["127.0.0.1", "localhost"]),
        ("logger", "hideWelcomeMessage", True),
        ("client", "disableDataExport", True),
    ],
)
def test_setting(section, name, value):
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert settings[section][name] == value


def test_a_closed_tab_and_the_sweep_together_keep_to_two_minutes():
    from ui.sweep import EVERY

    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert settings["server"]["disconnectedSessionTTL"] + EVERY <= 120

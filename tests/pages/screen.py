"""What a person would read off the screen of an AppTest."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

TEXTS = (
    "title",
    "header",
    "subheader",
    "markdown",
    "caption",
    "info",
    "warning",
    "error",
    "success",
    "text",
)


def go(test: AppTest, page: str) -> AppTest:
    """The same session on another page."""
    test.session_state["start_page"] = page
    return test.run()


def words(test: AppTest) -> str:
    """Everything that is drawn as Markdown: texts, tiles, labels."""
    shown = [str(e.value) for kind in TEXTS for e in getattr(test, kind)]
    labels = [
        e.label
        for kind in (
            "button",
            "expander",
            "tabs",
            "button_group",
            "multiselect",
            "selectbox",
            "slider",
            "toggle",
        )
        for e in getattr(test, kind)
    ]
    return "\n".join([*shown, *labels, *(f"{m.label} {m.value}" for m in test.metric)])


def metric(test: AppTest, name: str) -> str:
    """The number on the first tile whose label holds ``name``."""
    return next(m.value for m in test.metric if name in m.label)


def counted(test: AppTest) -> str:
    """The sidebar's "n of N"."""
    return str(next(e for e in test.sidebar if type(e).__name__ == "Progress").text).replace(
        "*", ""
    )


def picker(test: AppTest, label: str, kind: str = "button_group"):
    """The widget of the sidebar with this label."""
    return next(w for w in getattr(test.sidebar, kind) if w.label.replace("\\", "") == label)

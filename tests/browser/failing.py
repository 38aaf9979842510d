"""A page whose file cannot be made: the error's text is a patient's."""

import streamlit as st

from ui.download import show_download


def broken() -> bytes:
    raise ValueError("李雷 450102199003071234")


st.session_state["language"] = "zh"
show_download("文件", broken, "a.csv", "text/csv", key="a")

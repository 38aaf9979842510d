"""Login with the hospital's own accounts, where the server is set up for it (deploy/README.md)."""

from __future__ import annotations

import streamlit as st
from streamlit.auth_util import get_secrets_auth_section

from ui.language import t


def need_login() -> None:
    """Where ``[auth]`` stands in the server's secrets a person signs in first; until then nothing
    else runs.
    """
    if not get_secrets_auth_section():
        return
    if not is_signed_in():
        st.title(t("app.title"), anchor=False)
        st.markdown(t("login.needed"))
        st.button(t("login.button"), on_click=st.login, type="primary")
        st.stop()


def is_signed_in() -> bool:
    """Has this person come with a signed cookie of the login?"""
    return bool(st.user.is_logged_in)


def show_logout() -> None:
    """The way out, for whoever signed in."""
    if get_secrets_auth_section():
        st.button(t("login.out"), on_click=st.logout, type="tertiary", icon=":material/logout:")

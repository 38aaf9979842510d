"""What every page stands in: page list, sidebar, theme."""

import streamlit as st

from ui import address, basket, filters, reading, receipt, session, start
from ui.guard import guard
from ui.language import guess, switch, t
from ui.login import need_login, show_logout
from ui.pages import navigation
from ui.upload import keep_uploads_in_memory

# drawn here: Streamlit fetches its own icons for the browser's tab from outside
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="#B23A48" '
    'd="M16 2C11 10 6 15 6 20.5a10 9.5 0 0 0 20 0C26 15 21 10 16 2Z"/></svg>'
)


def show() -> None:
    """One run: the frame, then the page a visitor is on."""
    keep_uploads_in_memory()
    st.set_page_config(t("app.title"), ICON, layout="wide", menu_items={"About": t("about")})
    with guard():
        start.open_first_sample()
        refused = address.read_once()
        guess()
        # before any widget: Streamlit names widgets after the page, and would name those above this
        # line otherwise in
        # the first run of a server, whose first visitor would then lose what they chose
        page = navigation()
        need_login()
        with st.sidebar:
            st.markdown(f"**{t('app.title')}**")
            switch()
            show_logout()
            if session.loaded():
                filters.sidebar(session.loaded().cohort)
                basket.show_link()
        start.show_banner()
        if refused:
            st.info(t("address.refused"), icon=":material/link_off:")
        reading.wait(page.title)
        receipt.show_applied()
        # before the page, which may end early, and again with what its pickers changed
        address.write()
        page.run()
        address.write()

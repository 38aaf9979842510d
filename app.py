"""Thalidomide in β-thalassemia. Start with ``streamlit run app.py``.

The server imports this file once, and what it settles then holds for every visitor; for each screen
of a visitor it runs the file again.
"""

import streamlit as st
from starlette.middleware import Middleware
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ui import screen
from ui.copies import OneOfSeveral
from ui.quiet import be_quiet
from ui.server import Guarded, lifespan

if get_script_run_ctx(suppress_warning=True) is None:
    be_quiet()
    app = st.App(
        "app.py", lifespan=lifespan, middleware=[Middleware(Guarded), Middleware(OneOfSeveral)]
    )
else:
    screen.show()

"""Thalidomide in β-thalassemia. Start with ``streamlit run app.py``.

This is the server alone: what is settled before the first visitor, and what every answer carries. What a visitor
sees begins in screen.py.
"""

import streamlit as st
from starlette.middleware import Middleware

from ui.quiet import be_quiet
from ui.server import Guarded, lifespan

be_quiet()
app = st.App("screen.py", lifespan=lifespan, middleware=[Middleware(Guarded)])

"""The only rooms beside app.py, screen.py and pages/ that know Streamlit: they show what thal_core answers."""

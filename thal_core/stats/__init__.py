"""Statistics: arrays in, small frozen records or tidy frames out.

Every function is pure, drops missing values itself and reports the `n` it used.
Input that a method cannot answer gives NaN with a code of `reasons.py`; nothing
raises or warns for the sake of data. Numbers agree with R (tests/reference).
"""

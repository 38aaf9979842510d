"""Columns → values in the cohort's units."""

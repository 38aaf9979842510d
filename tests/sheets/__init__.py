"""Bytes → sheets: every format, every encoding, and files that mean harm."""

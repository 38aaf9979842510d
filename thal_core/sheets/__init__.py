"""Bytes → sheets: every format, every encoding, and the limits that keep a hostile file out."""

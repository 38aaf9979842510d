"""Cells and headers as text → what they mean."""

"""The two sample cohorts of data/, made from the printed figures of two papers."""

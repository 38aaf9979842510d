"""``python -m bench.fuzz``: mutated files of six formats through the whole program."""

"""What is held to be true, as rows with a source each; ``catalogue`` gives them as values."""

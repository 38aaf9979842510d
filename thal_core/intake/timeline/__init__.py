"""Which patient and which month a row belongs to."""

"""What the file says: bytes → sheets (``files/``), sheets → Cohort (``parse.read_cohort`` is the
one door).
"""

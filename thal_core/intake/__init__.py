"""What the file says: sheets → Cohort, through one door, ``parse_file``.

One cell passes these rooms in this order, and each imports only from those before it:

``sheets``     bytes → a grid of texts, each with its kind (a room of its own, before this one)
``text``       what one cell or header means: number, date, unit, code, time; what may be shown
``layout``     where tables stand; forms, band rows and months in columns become plain tables
``ledger``     beside every step: the fate of each cell, the issues, what was learned of a column
``fields``     what each column of a table is (``ColumnReading``): from its header and its values
``timeline``   which patient and which month each row belongs to
``values``     a column's cells → numbers in the cohort's units, words → codes
``collect``    what every column of one table gives: ``Contributions``
``assemble``   the contributions of all tables → the frames of the Cohort
``parse_file`` these steps in order, and ``Reading``: the cohort and where each cell went

What is concluded from all this (response, on or off the drug) is no concern here: ``derive``.
"""

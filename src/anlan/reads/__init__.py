"""How the database is read quickly, and written row by row: statements made once, names read behind a list, conditions an
index can serve."""

"""Where: the administrative divisions, and later the grids."""

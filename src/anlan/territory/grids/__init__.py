"""The grids: cells of the ground with named people."""

"""Small things without Django: the clock, ids, canonical bytes, refusals."""

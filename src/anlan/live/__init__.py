"""Live updates: an open page is told to look again when something it shows has changed (ADR 0007)."""

"""A real server and a real browser for the functional tests."""

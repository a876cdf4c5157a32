"""`python -m models`."""

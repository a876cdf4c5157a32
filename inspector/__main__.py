"""`python -m inspector`."""

"""Keeps results: a record exists once it is here."""

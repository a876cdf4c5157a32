"""Reads the files of foreign models, one module a kind."""

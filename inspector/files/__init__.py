"""Reads and writes files whole, strictly, and one writer at a time."""

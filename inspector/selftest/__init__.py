"""Proves on this machine that the product judges as it was proven to, and that it can work here."""

"""Runs the network: one protocol, one file per runtime."""

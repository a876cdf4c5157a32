"""Measures the runtimes against each other on one bundle, each in a process of its own."""

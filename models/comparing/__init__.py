"""Holds one way of running a model against another, number by number and verdict by verdict."""

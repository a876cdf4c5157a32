"""Moves what a station is made of between machines: backup and restore, and models on a stick."""

"""Fits networks and memories to pictures, and goes on where it was cut off."""

"""Labelled pictures: read, checked, divided by parts, and loaded as the line would see them."""

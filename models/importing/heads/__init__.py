"""What stands behind a foreign graph, by task."""

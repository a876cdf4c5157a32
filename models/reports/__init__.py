"""Shows people what was measured and proven."""

"""The verbs of `inspector-models`, one module each."""

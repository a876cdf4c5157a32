"""The engine's values in a person's words, in the language that is chosen."""

"""A memory of good parts: what it holds, how it is learnt, and how it judges."""

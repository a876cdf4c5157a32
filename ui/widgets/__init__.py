"""Building blocks that know Qt and the theme, but nothing of a line."""

"""Makes a sealed bundle of a model that was trained elsewhere, by the same proof as our own."""

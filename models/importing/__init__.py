"""Makes a sealed bundle of a model that was taught elsewhere, by the same proof as our own."""

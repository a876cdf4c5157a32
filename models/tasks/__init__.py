"""One folder for each kind of model."""

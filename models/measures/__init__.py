"""The figures by which a model is measured, and the threshold that is chosen by them."""

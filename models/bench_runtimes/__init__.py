"""The runtimes that `inspector bench` can measure only in the workshop, where TensorFlow is."""

"""The workshop: turns pictures into a sealed, proven bundle. The only room of TensorFlow."""

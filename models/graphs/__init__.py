"""Converts functions of the training library to ONNX graphs, walks, simplifies and runs them."""

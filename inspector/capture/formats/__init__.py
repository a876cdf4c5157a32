"""Whether the bytes of a picture file are all there, format by format."""

"""A machined part that exists only as numbers: how it is laid, cut, spoiled and photographed."""

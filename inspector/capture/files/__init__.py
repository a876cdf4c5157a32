"""Pictures and videos on a disk, read lazily and never trusted."""

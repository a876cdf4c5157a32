"""The inspection engine: knows no screen and no training library."""

__version__ = "0.1.0"

"""What this machine computes with, and what was chosen for it."""

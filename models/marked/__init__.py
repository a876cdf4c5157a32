"""Learns from defects that people marked, beside the memory of good parts."""

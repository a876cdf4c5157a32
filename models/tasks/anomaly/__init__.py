"""Learns from good parts only."""

from models.tasks.anomaly.task import TASK

__all__ = ["TASK"]

"""Learns to name classes."""

from models.tasks.classify.task import TASK

__all__ = ["TASK"]

"""Learns to outline kinds of defects."""

from models.tasks.segment.task import TASK

__all__ = ["TASK"]

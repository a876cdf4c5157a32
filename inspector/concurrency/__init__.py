"""Threads and what passes between them: named workers, bounded queues."""

"""The process of one runtime; `inspector.bench.runtime_process` asks."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inspector.bench.memory import resident_bytes
from inspector.bench.runtime import Runtime, Subject, load_plugin
from inspector.bundle import open_bundle
from inspector.clock import Clock, SystemClock
from inspector.errors import InferenceError
from inspector.inference.serving import Command, serve_on_own_pipes


class Session:
    """One runtime from its start to its last run. Each public method is a command.

    Args:
        clock: Times the runs.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._runtime: Runtime | None = None
        self._tensors: list[NDArray[np.uint8]] = []

    def prepare(self, words: Mapping[str, Any], _raw: bytes) -> dict[str, object]:
        """Leave in the folder what `open` will need."""
        prepare = load_plugin(words["offer"]).prepare
        if prepare is not None:
            prepare(_subject(words))
        return {}

    def open(self, words: Mapping[str, Any], _raw: bytes) -> dict[str, object]:
        """Load the model."""
        self._runtime = load_plugin(words["offer"]).open(_subject(words))
        return {"size_bytes": self._runtime.size_bytes, "version": self._runtime.version}

    def picture(self, words: Mapping[str, Any], raw: bytes) -> dict[str, object]:
        """Take one more picture, uint8 of the given shape (N, H, W, C)."""
        self._tensors.append(np.frombuffer(raw, dtype=np.uint8).reshape(words["shape"]))
        return {}

    def scores(self, _words: Mapping[str, Any], _raw: bytes) -> dict[str, object]:
        """Run every picture once, which also warms up, and tell its score."""
        return {"scores": [self._score(tensor) for tensor in self._tensors]}

    def turn(self, _words: Mapping[str, Any], _raw: bytes) -> dict[str, object]:
        """Run every picture once, each timed by itself, ms."""
        run = self._opened().run
        run(self._tensors[0])  # untimed: the caches were another runtime's just now
        times_ms = []
        for tensor in self._tensors:
            started_ns = self._clock.monotonic_ns()
            run(tensor)
            times_ms.append((self._clock.monotonic_ns() - started_ns) / 1e6)
        return {"ms": times_ms}

    def memory(self, _words: Mapping[str, Any], _raw: bytes) -> dict[str, object]:
        """Tell how much memory this process has in RAM."""
        return {"rss_bytes": resident_bytes()}

    def _score(self, tensor: NDArray[np.uint8]) -> float:
        scores = np.asarray(self._opened().run(tensor)["score"])
        if scores.shape != tensor.shape[:1] or not np.isfinite(scores).all():
            raise InferenceError(f"gave scores of shape {scores.shape} that are not all finite")
        return float(scores.max())  # a part is as bad as its worst tile

    def _opened(self) -> Runtime:
        if self._runtime is None:
            raise RuntimeError("no model is open")
        return self._runtime


def commands_of(session: Session) -> dict[str, Command]:
    """The session's commands by name, as they are asked for."""
    return {
        command.__name__: _without_raw(command)
        for command in (
            session.prepare,
            session.open,
            session.picture,
            session.scores,
            session.turn,
            session.memory,
        )
    }


def main() -> None:
    """Serve on this process's own pipes."""
    serve_on_own_pipes(commands_of(Session(SystemClock())), is_guarded=False)


def _without_raw(command: Callable[[Mapping[str, Any], bytes], dict[str, object]]) -> Command:
    return lambda words, raw: (command(words, raw), b"")


def _subject(words: Mapping[str, Any]) -> Subject:
    path = Path(words["bundle"])
    return Subject(
        bundle_path=path,
        bundle=open_bundle(path),
        folder=Path(words["folder"]),
        threads=words["threads"],
    )

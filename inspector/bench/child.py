"""The process of one runtime: obeys what comes on stdin, answers on what was stdout.

Started by `inspector.bench.runtime_process` as `python -m inspector.bench.child`.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from inspector.bench.memory import resident_bytes
from inspector.bench.messages import read_message, write_message
from inspector.bench.runtime import Runtime, Subject, load_plugin
from inspector.bundle import open_bundle
from inspector.clock import Clock, SystemClock
from inspector.errors import InferenceError, InspectorError

_STDOUT, _STDERR = 1, 2


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


def serve(commands: IO[bytes], answers: IO[bytes], clock: Clock) -> None:
    """Obey until the other side closes, or until a command fails: that is told, and is the end."""
    session = Session(clock)
    obey = {
        command.__name__: command
        for command in (
            session.prepare,
            session.open,
            session.picture,
            session.scores,
            session.turn,
            session.memory,
        )
    }
    while (message := read_message(commands)) is not None:
        words, raw = message
        try:
            answer = obey[words["do"]](words, raw)
        except InspectorError as error:
            write_message(answers, {"error": str(error)})
            return
        except Exception as error:  # noqa: BLE001  a foreign library may raise whatever it likes
            first_line = (str(error).strip().splitlines() or [""])[0]
            write_message(answers, {"error": f"{type(error).__name__}: {first_line}"})
            return
        write_message(answers, answer)


def _subject(words: Mapping[str, Any]) -> Subject:
    path = Path(words["bundle"])
    return Subject(
        bundle_path=path,
        bundle=open_bundle(path),
        folder=Path(words["folder"]),
        threads=words["threads"],
    )


def main() -> None:
    """Serve on this process's own pipes."""
    # What libraries print must not fall between the answers.
    with os.fdopen(os.dup(_STDOUT), "wb") as answers:
        os.dup2(_STDERR, _STDOUT)
        serve(sys.stdin.buffer, answers, SystemClock())


if __name__ == "__main__":
    main()

"""The bench's side of one runtime: what it has the runtime's process do."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inspector.clock import SystemClock
from inspector.inference.supervised_process import SupervisedProcess

SERVICE = "bench"  # see `inspector.commands.serve`


class RuntimeProcess:
    """One runtime in a process of its own. Used from one thread; a context that ends the process.

    Args:
        name: The runtime's, for messages.
        offer: Its entry point's value.
        timeout_s: The longest wait for one answer; a process that is later is killed.
    """

    def __init__(self, name: str, offer: str, *, timeout_s: float) -> None:
        self.name = name
        self._offer = offer
        self._timeout_s = timeout_s
        self._process = SupervisedProcess(name, SERVICE, SystemClock())

    def __enter__(self) -> "RuntimeProcess":
        return self

    def __exit__(self, *_exception: object) -> None:
        self._process.close()

    def prepare(self, bundle: Path, folder: Path, threads: int) -> None:
        """See `inspector.bench.runtime.RuntimePlugin.prepare`. Raises InferenceError."""
        self._load("prepare", bundle, folder, threads)

    def open(self, bundle: Path, folder: Path, threads: int) -> tuple[int, str]:
        """Load the model; its size in bytes and the runtime's version. Raises InferenceError."""
        answer = self._load("open", bundle, folder, threads)
        return answer["size_bytes"], answer["version"]

    def scores(self, tensors: Sequence[NDArray[np.uint8]]) -> list[float]:
        """Hand over the pictures and warm up; the score of each. Raises InferenceError."""
        for tensor in tensors:
            self._ask("picture", {"shape": tensor.shape}, tensor.tobytes())
        return list(self._ask("scores")["scores"])

    def turn(self) -> list[float]:
        """Run every picture once; the time of each run, ms. Raises InferenceError."""
        return list(self._ask("turn")["ms"])

    def resident_bytes(self) -> int | None:
        """Memory of the process in RAM; None where that cannot be told. Raises InferenceError."""
        answer: int | None = self._ask("memory")["rss_bytes"]
        return answer

    def _load(self, command: str, bundle: Path, folder: Path, threads: int) -> dict[str, Any]:
        words = {"offer": self._offer, "folder": str(folder), "threads": threads}
        return self._ask(command, {**words, "bundle": str(bundle)})

    def _ask(
        self, command: str, words: dict[str, object] | None = None, raw: bytes = b""
    ) -> dict[str, Any]:
        return self._process.ask(command, words or {}, raw, timeout_s=self._timeout_s)[0]

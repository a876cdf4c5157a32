"""The bench's side of one runtime: starts its process, asks, and ends it in any case."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inspector.bench.messages import read_message, write_message
from inspector.concurrency.worker import WAKE_S, Worker
from inspector.errors import InferenceError, InspectorError

# -P: what happens to lie in the current folder is not to be imported.
_COMMAND = (sys.executable, "-P", "-m", "inspector.bench.child")
_MAX_LAST_WORDS_BYTES = 2000


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
        self._stderr = TemporaryFile()  # noqa: SIM115  (closed with the process)
        # In a session of its own, so that Ctrl-C reaches the bench alone, which ends them all.
        self._process = subprocess.Popen(  # noqa: S603  (our own interpreter and module)
            _COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            start_new_session=True,
        )

    def __enter__(self) -> "RuntimeProcess":
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def prepare(self, bundle: Path, folder: Path, threads: int) -> None:
        """See `inspector.bench.runtime.RuntimePlugin.prepare`. Raises as `ask`."""
        self._load("prepare", bundle, folder, threads)

    def open(self, bundle: Path, folder: Path, threads: int) -> tuple[int, str]:
        """Load the model; its size in bytes and the runtime's version. Raises as `ask`."""
        answer = self._load("open", bundle, folder, threads)
        return answer["size_bytes"], answer["version"]

    def scores(self, tensors: Sequence[NDArray[np.uint8]]) -> list[float]:
        """Hand over the pictures and warm up; the score of each. Raises as `ask`."""
        for tensor in tensors:
            self.ask("picture", raw=tensor.tobytes(), shape=tensor.shape)
        return list(self.ask("scores")["scores"])

    def turn(self) -> list[float]:
        """Run every picture once; the time of each run, ms. Raises as `ask`."""
        return list(self.ask("turn")["ms"])

    def resident_bytes(self) -> int | None:
        """Memory of the process that is in RAM; None where that cannot be told. Raises as `ask`."""
        answer: int | None = self.ask("memory")["rss_bytes"]
        return answer

    def ask(self, command: str, *, raw: bytes = b"", **words: object) -> dict[str, Any]:
        """Have one command of `inspector.bench.child.Session` done.

        Raises:
            InferenceError: The runtime failed, died, or gave no answer in time; its process is of
                no more use.
        """
        to_child, from_child = self._process.stdin, self._process.stdout
        assert to_child is not None and from_child is not None  # noqa: S101, PT018  (both are pipes)
        with self._watched() as is_late:
            try:
                write_message(to_child, {"do": command, **words}, raw)
                message = read_message(from_child)
            except (OSError, EOFError):
                message = None
            if message is None:
                self._process.wait()  # one that lingers is killed by the watcher, too
        if is_late.is_set():
            raise InferenceError(
                f"{self.name}: gave no answer to {command!r} within {self._timeout_s:g} s and was "
                "ended"
            )
        if message is None:
            raise InferenceError(f"{self.name}: its process died: {self._last_words()}")
        answer = message[0]
        if "error" in answer:
            raise InferenceError(f"{self.name}: {answer['error']}")
        return answer

    def close(self) -> None:
        """End the process at once, and wait until it is gone."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._stderr):
            try:
                if stream is not None:
                    stream.close()
            except BrokenPipeError:  # what was still to be written; the pipe is closed all the same
                pass

    def _load(self, command: str, bundle: Path, folder: Path, threads: int) -> dict[str, Any]:
        return self.ask(
            command, offer=self._offer, bundle=str(bundle), folder=str(folder), threads=threads
        )

    @contextmanager
    def _watched(self) -> Iterator[threading.Event]:
        """Kill the process when this is not left in time: whoever reads from it then wakes up."""
        is_done, is_late = threading.Event(), threading.Event()

        def watch() -> None:
            left_s = self._timeout_s
            # Looks at the process too: a Ctrl-C can fall between any two lines of the other thread,
            # and then only `close` is certain to happen.
            while self._process.poll() is None:
                if is_done.wait(min(WAKE_S, left_s)):
                    return
                left_s -= WAKE_S
                if left_s <= 0:
                    is_late.set()
                    self._process.kill()
                    return

        watcher = Worker(f"bench:{self.name}", watch, on_failure=_raise)
        try:
            watcher.start()
            yield is_late
        finally:
            is_done.set()
            watcher.join()

    def _last_words(self) -> str:
        status = self._process.returncode
        end = f"exit status {status}" if status >= 0 else f"signal {-status}"
        size = self._stderr.seek(0, os.SEEK_END)
        self._stderr.seek(max(0, size - _MAX_LAST_WORDS_BYTES))
        lines = self._stderr.read().decode(errors="replace").split("\n")
        last = next((line.strip() for line in reversed(lines) if line.strip()), "")
        return f"{end}, {last}" if last else end


def _raise(error: InspectorError) -> None:
    raise error

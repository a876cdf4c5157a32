"""A process of ours that runs a runtime: asked from here, and ended in any case."""

import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from inspector.clock import Clock
from inspector.errors import InferenceError
from inspector.inference.messages import read_message, write_message
from inspector.inference.watchdog import Watchdog

_MAX_LAST_WORDS_BYTES = 2000
_NO_CONSOLE = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # which Windows would open for it
PIPE_BYTES = 1_048_576  # a picture in one piece; what Linux allows everybody, elsewhere no matter


class SupervisedProcess:
    """One process that serves on its pipes. Used from one thread at a time; ends with its context.

    Args:
        name: For messages.
        service: What it serves; see `inspector.commands.serve`.
    """

    def __init__(self, name: str, service: str, clock: Clock) -> None:
        self.name = name
        with ExitStack() as on_failure:
            try:
                self._stderr = on_failure.enter_context(TemporaryFile())
                # In a session of its own: Ctrl-C reaches this program alone, which ends it.
                self._process = subprocess.Popen(  # noqa: S603  (our own program)
                    own_command("serve", service),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=self._stderr,
                    start_new_session=True,
                    creationflags=_NO_CONSOLE,
                    pipesize=PIPE_BYTES,
                )
            except OSError as error:
                raise InferenceError(
                    f"{name}: its process cannot be started: {error.strerror or error}"
                ) from error
            on_failure.callback(self._process.kill)
            self._watchdog = Watchdog(name, self._process.kill, clock)
            on_failure.pop_all()

    def __enter__(self) -> "SupervisedProcess":
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    @property
    def process_id(self) -> int:
        """The operating system's number of it."""
        return self._process.pid

    def ask(
        self,
        command: str,
        words: Mapping[str, object],
        raw: bytes | memoryview = b"",
        *,
        timeout_s: float,
    ) -> tuple[dict[str, Any], bytes]:
        """Have one command done; its answer in words and in raw bytes.

        Args:
            timeout_s: A process that is later is killed.

        Raises:
            InferenceError: The command failed, the process died, or gave no answer in time; it is
                of no more use.
        """
        to_child, from_child = self._process.stdin, self._process.stdout
        assert to_child is not None and from_child is not None  # noqa: S101, PT018  (both are pipes)
        with self._watchdog.limit(timeout_s) as bite:
            try:
                write_message(to_child, {"do": command, **words}, raw)
                answer = read_message(from_child)
            except (OSError, EOFError, ValueError):
                answer = None
            if answer is None:
                self._process.wait()  # one that lingers is killed by the watchdog, too
        if bite.was_needed:
            raise InferenceError(
                f"{self.name}: gave no answer to {command!r} within {timeout_s:g} s and was ended"
            )
        if answer is None:
            raise InferenceError(f"{self.name}: its process died: {self._last_words()}")
        if "error" in answer[0]:
            raise InferenceError(f"{self.name}: {answer[0]['error']}")
        return answer

    def close(self) -> None:
        """End the process at once, and wait until it is gone. Closing twice is allowed."""
        self._watchdog.end()
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._stderr):
            try:
                if stream is not None:
                    stream.close()
            except OSError:  # what was still to be written; the pipe is closed all the same
                pass

    def _last_words(self) -> str:
        status = self._process.returncode
        end = f"exit status {status}" if status >= 0 else f"signal {-status}"
        size = self._stderr.seek(0, os.SEEK_END)
        self._stderr.seek(max(0, size - _MAX_LAST_WORDS_BYTES))
        lines = self._stderr.read().decode(errors="replace").split("\n")
        last = next((line.strip() for line in reversed(lines) if line.strip()), "")
        return f"{end}, {last}" if last else end


def own_command(*words: str) -> tuple[str, ...]:
    """How this program starts the program `inspector` that it belongs to, installed or not."""
    if getattr(sys, "frozen", False):  # the window's program has its sibling beside it
        own = Path(sys.executable)
        return (str(own.with_name(f"inspector{own.suffix}")), *words)
    # -P: what happens to lie in the current folder is not to be imported.
    return (sys.executable, "-P", "-m", "inspector", *words)

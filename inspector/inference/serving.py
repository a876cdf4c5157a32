"""The other end of a supervised process: obeys what comes on stdin, answers on what was stdout."""

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import IO, Any

from inspector.concurrency.bounded_queue import BoundedQueue, Closed
from inspector.concurrency.worker import Worker, raised
from inspector.errors import InspectorError
from inspector.inference.messages import read_message, write_message

Message = tuple[dict[str, Any], bytes]
Answer = tuple[dict[str, object], bytes]
Command = Callable[[Mapping[str, Any], bytes], Answer]

LONGEST_LAST_COMMAND_S = 2.0  # after the program that asked has gone
_STDOUT, _STDERR = 1, 2


def serve(messages: Iterator[Message], answers: IO[bytes], commands: Mapping[str, Command]) -> None:
    """Obey one message after the other, until a command fails: that is told, and is the end."""
    for words, raw in messages:
        try:
            answer = commands[words["do"]](words, raw)
        except InspectorError as error:
            write_message(answers, {"error": str(error)})
            return
        except Exception as error:  # noqa: BLE001  a foreign library may raise whatever it likes
            first_line = (str(error).strip().splitlines() or [""])[0]
            write_message(answers, {"error": f"{type(error).__name__}: {first_line}"})
            return
        write_message(answers, *answer)


def messages_of(stream: IO[bytes]) -> Iterator[Message]:
    """All that come until the other side closes."""
    while (message := read_message(stream)) is not None:
        yield message


def serve_on_own_pipes(commands: Mapping[str, Command], *, is_guarded: bool) -> None:
    """Serve until whoever started this process closes its pipe, or is gone.

    Args:
        is_guarded: Stdin is read in a thread of its own, so that a command which hangs in native
            code does not outlive the program that asked for it. Not beside libraries that fork: a
            fork of a process with threads may stand still for ever.
    """
    for number in (signal.SIGINT, signal.SIGTERM):  # whoever started it says when it is over
        signal.signal(number, signal.SIG_IGN)
    # What libraries print must not fall between the answers.
    with os.fdopen(os.dup(_STDOUT), "wb") as answers:
        os.dup2(_STDERR, _STDOUT)
        # Where nobody is left to be answered, it is over too.
        with contextlib.suppress(BrokenPipeError, EOFError):
            if is_guarded:
                _serve_guarded(answers, commands)
            else:
                serve(messages_of(sys.stdin.buffer), answers, commands)
    if is_guarded:
        os._exit(0)  # the reader may wait for a message that nobody sends


def _serve_guarded(answers: IO[bytes], commands: Mapping[str, Command]) -> None:
    waiting = BoundedQueue[Message](1)
    is_done = threading.Event()

    def read() -> None:
        with contextlib.suppress(Closed, EOFError):
            for message in messages_of(sys.stdin.buffer):
                waiting.put(message)
        waiting.close()
        if not is_done.wait(LONGEST_LAST_COMMAND_S):
            os._exit(1)

    Worker("messages", read, raised).start()
    try:
        serve(_taken(waiting), answers, commands)
    finally:
        is_done.set()


def _taken(waiting: BoundedQueue[Message]) -> Iterator[Message]:
    while True:
        try:
            yield waiting.get()
        except Closed:
            return

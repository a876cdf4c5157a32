"""The other end of a supervised process: obeys what comes on stdin, answers on what was stdout."""

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import IO, Any

from inspector.concurrency.bounded_queue import BoundedQueue, Closed
from inspector.concurrency.worker import Worker
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


def serve_on_own_pipes(commands: Mapping[str, Command]) -> None:
    """Serve until whoever started this process closes its pipe, or is gone.

    Stdin is read in a thread of its own: a command that hangs in native code does not outlive the
    program that asked for it.
    """
    for number in (signal.SIGINT, signal.SIGTERM):  # whoever started it says when it is over
        signal.signal(number, signal.SIG_IGN)
    waiting = BoundedQueue[Message](1)
    is_done = threading.Event()

    def read() -> None:
        try:
            for message in messages_of(sys.stdin.buffer):
                waiting.put(message)
        except (Closed, EOFError):
            pass
        waiting.close()
        if not is_done.wait(LONGEST_LAST_COMMAND_S):
            os._exit(1)

    # What libraries print must not fall between the answers.
    with os.fdopen(os.dup(_STDOUT), "wb") as answers:
        os.dup2(_STDERR, _STDOUT)
        Worker("messages", read, _raise).start()
        with contextlib.suppress(BrokenPipeError):  # nobody is left to be answered
            serve(_taken(waiting), answers, commands)
        is_done.set()
    os._exit(0)  # the reader may wait for a message that nobody sends


def _taken(waiting: BoundedQueue[Message]) -> Iterator[Message]:
    while True:
        try:
            yield waiting.get()
        except Closed:
            return


def _raise(error: InspectorError) -> None:
    raise error

"""Runtimes to be measured that behave badly, or exactly; the bench's processes import them."""

import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inspector.bench.runtime import Runtime, RuntimePlugin, Subject, nothing_lacks
from inspector.bundle import Bundle

Outputs = dict[str, NDArray[np.float32]]


def reference(name: str) -> str:
    """The value of an entry point that leads to an offer of this file."""
    return f"tests.support.bench_offers:{name}"


def brightness(tensor: NDArray[np.uint8]) -> Outputs:
    """What the bundles of `tests.support.bundles` compute."""
    light = tensor.astype(np.float32) / 255.0
    return {"score": light.mean(axis=(1, 2, 3)), "heatmap": light.mean(axis=3)}


def too_bright(tensor: NDArray[np.uint8]) -> Outputs:
    return {name: values + np.float32(0.5) for name, values in brightness(tensor).items()}


def not_a_number(tensor: NDArray[np.uint8]) -> Outputs:
    return {"score": np.full(len(tensor), np.nan, dtype=np.float32)}


def raises(_tensor: NDArray[np.uint8]) -> Outputs:
    raise ArithmeticError("the kernel is missing\nand more lines")


def exits(_tensor: NDArray[np.uint8]) -> Outputs:
    sys.stderr.write("assertion failed in the kernel\n")
    sys.stderr.flush()
    os._exit(7)


def is_killed(_tensor: NDArray[np.uint8]) -> Outputs:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def chatters(tensor: NDArray[np.uint8]) -> Outputs:
    print("words on stdout", flush=True)
    os.write(1, b"and from a library")
    return brightness(tensor)


def offer_of(run: Callable[[NDArray[np.uint8]], Outputs]) -> RuntimePlugin:
    def opened(subject: Subject) -> Runtime:
        return Runtime(run=run, size_bytes=len(subject.bundle.model), version="1.2")

    return RuntimePlugin(modules=("numpy",), install="pip", lacks=nothing_lacks, open=opened)


def dies_in_its_second_turn() -> RuntimePlugin:
    def opened(subject: Subject) -> Runtime:
        runs_left = 4  # one picture: its score, then in each turn one untimed and one timed run

        def run(tensor: NDArray[np.uint8]) -> Outputs:
            nonlocal runs_left
            runs_left -= 1
            return brightness(tensor) if runs_left else exits(tensor)

        return Runtime(run=run, size_bytes=1, version="1.2")

    return RuntimePlugin(modules=("numpy",), install="pip", lacks=nothing_lacks, open=opened)


def _leave_a_file(subject: Subject) -> None:
    (subject.folder / "prepared").write_text(str(os.getpid()))


def _open_what_was_left(subject: Subject) -> Runtime:
    assert (subject.folder / "prepared").read_text() != str(os.getpid())
    return Runtime(run=brightness, size_bytes=subject.threads, version="1.2")


def _never_opens(_subject: Subject) -> Runtime:
    threading.Event().wait()
    raise AssertionError


def _lacks_a_thing(_path: Path, _bundle: Bundle) -> str:
    return "the bundle lacks a thing; add it"


EXACT, TOO_BRIGHT, NOT_A_NUMBER = map(offer_of, (brightness, too_bright, not_a_number))
RAISES, EXITS, IS_KILLED = map(offer_of, (raises, exits, is_killed))
CHATTERS = offer_of(chatters)
NEVER_OPENS = RuntimePlugin(
    modules=("numpy",), install="pip", lacks=nothing_lacks, open=_never_opens
)
DIES_LATE = dies_in_its_second_turn()
PREPARES = RuntimePlugin(
    modules=("numpy",),
    install="pip",
    lacks=nothing_lacks,
    prepare=_leave_a_file,
    open=_open_what_was_left,
)
NOT_INSTALLED = RuntimePlugin(
    modules=("no_such_module_anywhere",),
    install="pip install it",
    lacks=nothing_lacks,
    open=_open_what_was_left,
)
IMPOSSIBLE = RuntimePlugin(
    modules=("numpy",), install="pip", lacks=_lacks_a_thing, open=_open_what_was_left
)

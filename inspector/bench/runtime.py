"""What a runtime offers to be measured, and where the offers are found."""

import importlib.util
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inspector.bundle import Bundle
from inspector.errors import UsageError

GROUP = "inspector.bench_runtimes"  # the entry points whose objects are an `RuntimePlugin`
REFERENCE = "onnxruntime"  # what the line runs; all others are held against it
MAX_RELATIVE = 0.01  # of the largest score; the same float graph differs by a thousandth of that


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The model to be measured.

    Attributes:
        folder: Where an offer's `prepare` may leave files for its `open`.
        threads: Threads inside one run.
    """

    bundle_path: Path
    bundle: Bundle
    folder: Path
    threads: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """A loaded model.

    Attributes:
        run: (N, H, W, C) uint8 pixels to every output of the manifest by name, as numpy arrays.
        size_bytes: Of the model in this runtime's own form.
    """

    run: Callable[[NDArray[np.uint8]], Mapping[str, NDArray[np.float32]]]
    size_bytes: int
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuntimePlugin:
    """A runtime that can be measured. Loading an offer must not load its library.

    Attributes:
        modules: What can be imported where the runtime is installed.
        install: What a person types where it is not.
        lacks: What this bundle, at that path, lacks for it; None when nothing.
        open: Loads the model. Called in a process of its own.
        prepare: Work before that whose memory is not the runtime's, in another process.
        max_relative: Largest difference of a score from the reference's, as a share of the largest
            score, up to which both are the same model.
    """

    modules: tuple[str, ...]
    install: str
    lacks: Callable[[Path, Bundle], str | None]
    open: Callable[[Subject], Runtime]
    prepare: Callable[[Subject], None] | None = None
    max_relative: float = MAX_RELATIVE


def nothing_lacks(_path: Path, _bundle: Bundle) -> None:
    """`RuntimePlugin.lacks` of a runtime that can run every bundle."""
    return


def offered() -> dict[str, EntryPoint]:
    """Every runtime that an installed package offers, by name, the reference first.

    Raises:
        UsageError: Two packages offer different runtimes of one name.
    """
    return by_name(entry_points(group=GROUP))


def by_name(points: Iterable[EntryPoint]) -> dict[str, EntryPoint]:
    """See `offered`."""
    found: dict[str, EntryPoint] = {}
    for point in sorted(points, key=lambda point: (point.name != REFERENCE, point.name)):
        if found.setdefault(point.name, point).value != point.value:
            raise UsageError(
                f"two packages offer a runtime {point.name!r}: {found[point.name].value} and "
                f"{point.value}; uninstall one of them"
            )
    return found


def load_plugin(reference: str) -> RuntimePlugin:
    """The offer that an entry point's value, such as "package.module:NAME", refers to.

    Raises:
        ImportError: The package that offers it is broken.
    """
    try:
        offer = EntryPoint(name="", value=reference, group=GROUP).load()
    except AttributeError as error:
        raise ImportError(f"{reference} is not there: {error}") from error
    if not isinstance(offer, RuntimePlugin):
        raise ImportError(f"{reference} is not a runtime plugin")
    return offer


def obstacle(reference: str, path: Path, bundle: Bundle) -> str | None:
    """Why this runtime cannot be measured here on this bundle, and what to do; None when it can."""
    try:
        offer = load_plugin(reference)
    except ImportError as error:
        return f"the package that offers it is broken: {error}"
    if any(importlib.util.find_spec(module) is None for module in offer.modules):
        return f"not installed; install it with: {offer.install}"
    return offer.lacks(path, bundle)

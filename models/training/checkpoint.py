"""The state of a long training on the disk, so that it goes on where it was cut off."""

import io
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inspector.errors import StoreError
from inspector.files.atomic import write_whole
from inspector.files.tables import Table, canonical_json, parse_json

_STATE_FILE = "state.npz"
_MAX_STATE_BYTES = 4_000_000_000
_SCHEMA_VERSION = 2
# What a file of other bytes than were written may raise inside NumPy and zipfile.
_DAMAGE = (
    OSError,
    ValueError,
    KeyError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    zipfile.BadZipFile,
    zlib.error,
    StoreError,
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class State:
    """Where a training stands after an epoch.

    Attributes:
        n_done: Epochs that are finished.
        arrays: Weights and optimisers, by name.
    """

    n_done: int
    arrays: Mapping[str, NDArray[Any]]


class Checkpoint:
    """Keeps the last state of one training; of any other it knows nothing.

    Args:
        folder: Made when the first state is kept.
        identity: A hash over everything that the training depends on.
    """

    def __init__(self, folder: Path, identity: str) -> None:
        self._path = folder / _STATE_FILE
        self._identity = identity

    def keep(self, state: State) -> None:
        """Replace what was kept.

        Raises:
            StoreError: It cannot be written; what was kept before stays.
        """
        head = {
            "schema_version": _SCHEMA_VERSION,
            "identity": self._identity,
            "n_done": state.n_done,
        }
        data = io.BytesIO()
        text = np.frombuffer(canonical_json(head), dtype=np.uint8)
        np.savez(data, head=text, **state.arrays)  # type: ignore[arg-type]
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"{str(self._path.parent)!r} cannot be made: {error.strerror}"
            ) from error
        write_whole(self._path, data.getvalue())

    def last(self) -> State | None:
        """The state that was kept; None if there is none, or one of another training."""
        try:
            with self._path.open("rb") as file:
                data = file.read(_MAX_STATE_BYTES)
            with np.load(io.BytesIO(data), allow_pickle=False) as loaded:
                arrays = {name: loaded[name] for name in loaded.files}
            where = f"training {str(self._path)!r}"
            head = Table(
                parse_json(arrays.pop("head").tobytes(), where, StoreError), where, StoreError
            )
            head.integer("schema_version", low=_SCHEMA_VERSION, high=_SCHEMA_VERSION)
            if head.text("identity") != self._identity:
                return None
            return State(
                n_done=head.integer("n_done", low=1, high=2**31),
                arrays=arrays,
            )
        except _DAMAGE:
            return None  # a damaged state is as good as none: the training begins anew

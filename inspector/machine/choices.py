"""Which of a bundle's models runs on this machine, and how: chosen once, and remembered.

One file for each bundle, below this user's own folder, with a choice for each processor: a home
folder may be shared by machines that differ.
"""

import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, cast

from inspector.errors import StoreError, UsageError
from inspector.files.atomic import write_errors, write_whole
from inspector.files.tables import Table, canonical_json, parse_json
from inspector.machine.user_folders import SAID, state_folder

SCHEMA_VERSION = 1
MODELS = ("float", "int8")
MAX_THREADS = 64
_CHOICES_FILE = "choices.json"
_MAX_BYTES = 1_000_000  # thousands of processors

ModelKind = Literal["float", "int8"]
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """How a bundle runs on one kind of processor.

    Attributes:
        threads: Threads inside one run of the network, where one part is judged at a time.
        has_spinning: Whether they wait for work by counting, which is quicker and costs a core.
    """

    model: ModelKind = "float"
    threads: int = 1
    has_spinning: bool = False


STANDARD_CHOICE = Choice()


def user_folder() -> Path | None:
    """Where this user's machine keeps what the program remembers; None without a home."""
    root = state_folder()
    return None if root is None else root / "inspector"


def remembered(bundle_id: str, processor: str, folder: Path | None) -> Choice | None:
    """The choice made for this bundle on this kind of processor; None where there is none.

    One that cannot be read, or was made elsewhere only, is not used, and that is said.

    Args:
        folder: See `user_folder`.
    """
    if folder is None:
        return None
    try:
        choices = _read(_place(bundle_id, folder))
    except FileNotFoundError:
        return None
    except (OSError, UsageError) as error:
        _log.warning("%s; tune the bundle again. Until then its float model runs", error)
        return None
    if processor not in choices:
        _log.warning(
            "this bundle was tuned on %s, and this is %s: its float model runs; for a choice of "
            "its own run `inspector bundle verify --tune` here",
            ", ".join(repr(name) for name in choices),
            repr(processor),
        )
    return choices.get(processor)


def remember(choice: Choice, bundle_id: str, processor: str, folder: Path | None) -> None:
    """Keep a choice in the place of an earlier one; those for other processors stay.

    Raises:
        UsageError: It cannot be written, or there is no such folder.
    """
    if folder is None:
        raise UsageError(f"the choice cannot be kept: {SAID}")
    place = _place(bundle_id, folder)
    try:
        others = _read(place)
    except (OSError, UsageError):  # none yet, or damaged
        others = {}
    choices = {**others, processor: choice}
    table = {
        "schema_version": SCHEMA_VERSION,
        "choices": {name: asdict(one) for name, one in choices.items()},
    }
    try:
        with write_errors(place):
            place.mkdir(parents=True, exist_ok=True)
        write_whole(place / _CHOICES_FILE, canonical_json(table))
    except StoreError as error:
        raise UsageError(
            f"the choice cannot be kept in {str(place)!r}: {error}; give this user the right to "
            "write there"
        ) from error


def _place(bundle_id: str, folder: Path) -> Path:
    return folder / "choices" / bundle_id


def _read(place: Path) -> Mapping[str, Choice]:
    path = place / _CHOICES_FILE
    where = f"choices {str(path)!r}"
    with path.open("rb") as file:
        data = file.read(_MAX_BYTES)
    table = Table(parse_json(data, where, UsageError), where, UsageError)
    table.integer("schema_version", low=SCHEMA_VERSION, high=SCHEMA_VERSION)
    choices = table.table("choices")
    table.close()
    return {name: _parse(choices.table(name)) for name in choices.keys()}  # noqa: SIM118


def _parse(table: Table) -> Choice:
    choice = Choice(
        model=cast("ModelKind", table.text("model", among=MODELS)),
        threads=table.integer("threads", low=1, high=MAX_THREADS),
        has_spinning=table.boolean("has_spinning"),
    )
    table.close()
    return choice

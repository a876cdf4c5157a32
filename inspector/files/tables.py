"""Reads tables (TOML, JSON) into values, refusing whatever is not expected, with a hint.

A key that is misspelt, a number that is NaN or out of range must never fall back to a default:
the person who wrote it believes that it is in force.
"""

import difflib
import json
import math
from collections.abc import Callable, Mapping
from typing import TypeVar, cast

from inspector.errors import InspectorError

_T = TypeVar("_T")
_TYPE_NAMES: dict[type, str] = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
}


class Table:
    """One table of a file, read key by key; `close` refuses the keys nobody asked for.

    Args:
        values: The parsed table.
        where: What the file is, for messages: "recipe 'bolt.toml'".
        error: Our error class for this kind of file.

    Attributes:
        where: As given.
    """

    def __init__(self, values: object, where: str, error: Callable[[str], InspectorError]) -> None:
        self.where = where
        self._error = error
        if not isinstance(values, Mapping):
            raise error(f"{where}: a table was expected, not {_shown(values)}")
        self._values = cast("Mapping[str, object]", values)
        self._asked: list[str] = []

    def text(self, key: str, *, among: tuple[str, ...] | None = None) -> str:
        """A required text; with `among`, one of these words."""
        value = self._required(key, str)
        if among is not None and value not in among:
            raise self._error(
                f"{self.where}: {key} is {_shown(value)}; it must be one of {', '.join(among)}"
            )
        return value

    def optional_text(self, key: str, *, among: tuple[str, ...] | None = None) -> str | None:
        """A text, or None when the key is absent; with `among`, one of these words."""
        return self.text(key, among=among) if self.has(key) else None

    def boolean(self, key: str) -> bool:
        """A required truth value."""
        return self._required(key, bool)

    def integer(self, key: str, *, low: int, high: int) -> int:
        """A required whole number, low <= value <= high."""
        value = self._required(key, int)
        self._check_range(key, value, low, high)
        return value

    def optional_integer(self, key: str, *, low: int, high: int) -> int | None:
        """A whole number in the range, or None when the key is absent or null."""
        return self.integer(key, low=low, high=high) if self.has(key) else None

    def number(self, key: str, *, low: float = -math.inf, high: float = math.inf) -> float:
        """A required finite number, low <= value <= high."""
        value = self._required(key, float)
        self._check_finite(key, value)
        self._check_range(key, value, low, high)
        return float(value)

    def optional_number(
        self, key: str, *, low: float = -math.inf, high: float = math.inf
    ) -> float | None:
        """A finite number in the range, or None when the key is absent or null."""
        return self.number(key, low=low, high=high) if self.has(key) else None

    def texts(self, key: str) -> tuple[str, ...]:
        """A required list of texts."""
        value = self._required(key, list)
        if not all(isinstance(item, str) for item in value):
            raise self._error(f"{self.where}: {key} must be a list of texts")
        return tuple(value)

    def integers(self, key: str, *, low: int, high: int) -> tuple[int, ...]:
        """A required list of whole numbers, each low <= value <= high."""
        value = self._required(key, list)
        for item in value:
            if not isinstance(item, int) or isinstance(item, bool) or not low <= item <= high:
                raise self._error(
                    f"{self.where}: {key} must be a list of whole numbers {low}..{high}"
                )
        return tuple(value)

    def numbers(self, key: str, *, low: float, high: float) -> tuple[float, ...]:
        """A required list of finite numbers, each low <= value <= high."""
        value = self._required(key, list)
        for item in value:
            if not isinstance(item, int | float) or isinstance(item, bool):
                raise self._error(f"{self.where}: {key} must be a list of numbers")
            self._check_finite(key, item)
            self._check_range(key, item, low, high)
        return tuple(float(item) for item in value)

    def table(self, key: str) -> "Table":
        """A required table inside this one."""
        return Table(self._required(key, dict), f"{self.where}: {key}", self._error)

    def optional_table(self, key: str) -> "Table | None":
        """A table inside this one, or None when the key is absent."""
        return self.table(key) if self.has(key) else None

    def tables(self, key: str) -> tuple["Table", ...]:
        """A required list of tables: `[[key]]` in TOML."""
        return tuple(
            Table(value, f"{self.where}: {key} {number}", self._error)
            for number, value in enumerate(self._required(key, list), 1)
        )

    def as_mapping(self) -> dict[str, object]:
        """The whole table, unread: for a later reader who knows its keys."""
        return dict(self._values)

    def mapping(self, key: str) -> dict[str, object]:
        """A required table whose keys are free, such as counts by name."""
        return self._required(key, dict)

    def keys(self) -> tuple[str, ...]:
        """The keys that are there, for a table whose keys are free."""
        return tuple(self._values)

    def has(self, key: str) -> bool:
        """Whether the key is there and not null; it counts as asked for."""
        self._asked.append(key)
        return self._values.get(key) is not None

    def close(self) -> None:
        """Refuse the keys that were not asked for, naming the nearest known one."""
        for key in self._values:
            if key in self._asked:
                continue
            near = difflib.get_close_matches(key, self._asked, n=1)
            known = ", ".join(sorted(self._asked))
            hint = f"did you mean {near[0]!r}?" if near else f"known keys: {known}"
            raise self._error(f"{self.where}: unknown key {_shown(key)}; {hint}")

    def _required(self, key: str, kind: type[_T]) -> _T:
        self._asked.append(key)
        if key not in self._values:
            near = difflib.get_close_matches(key, self._values.keys(), n=1)
            hint = f"; is {near[0]!r} meant to be it?" if near else ""
            raise self._error(f"{self.where}: the key {key!r} is missing{hint}")
        value = self._values[key]
        is_kind = isinstance(value, kind) or (kind is float and isinstance(value, int))
        if not is_kind or (isinstance(value, bool) and kind is not bool):
            raise self._error(
                f"{self.where}: {key} is {_shown(value)}; it must be {_type_name(kind)}"
            )
        return cast("_T", value)

    def _check_finite(self, key: str, value: float) -> None:
        try:
            is_finite = math.isfinite(value)
        except OverflowError:  # a whole number with more digits than any float has
            is_finite = False
        if not is_finite:
            raise self._error(f"{self.where}: {key} is {_shown(value)}; it must be a finite number")

    def _check_range(self, key: str, value: float, low: float, high: float) -> None:
        if not low <= value <= high:
            raise self._error(f"{self.where}: {key} {_shown(value)} outside {low:g}..{high:g}")


def canonical_json(value: object) -> bytes:
    """The one spelling of a JSON value: sorted keys, two spaces, ASCII, finite numbers, a newline.

    Raises:
        ValueError: It holds a NaN or an infinity.
    """
    return (json.dumps(value, sort_keys=True, indent=2, allow_nan=False) + "\n").encode("ascii")


def parse_json(data: bytes, where: str, error: Callable[[str], InspectorError]) -> object:
    """Parse JSON strictly: UTF-8, no half of a surrogate pair, no repeated key, no NaN or Infinity.

    Raises:
        The given error class, with the place in the text.
    """

    def refuse_constant(name: str) -> object:
        raise ValueError(f"{name} is not a JSON number")

    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        table = dict(pairs)
        if len(table) != len(pairs):
            raise ValueError("a key stands twice in one table")
        return table

    try:
        value: object = json.loads(
            data.decode("utf-8"), parse_constant=refuse_constant, object_pairs_hook=unique
        )
        # An escaped half of a surrogate pair is valid JSON, but no file of ours could ever say it.
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as problem:
        raise error(f"{where}: not valid JSON: {problem}") from problem
    return value


def _type_name(kind: type) -> str:
    return _TYPE_NAMES.get(kind, f"a {kind.__name__}")


def _shown(value: object) -> str:
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # Python spells no number of more than 4300 digits
        return f"{_type_name(type(value))} too long to show"
    return text if len(text) <= 60 else text[:57] + "..."

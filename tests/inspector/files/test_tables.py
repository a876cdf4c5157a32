"""Strict reading: what is not expected is refused with our error, and never becomes a default."""

import json
import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspector.errors import RecipeError
from inspector.files.tables import Table, canonical_json, parse_json

STEADY = settings(derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
HUGE = 16**5000  # more digits than Python agrees to spell
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
VALUES = (
    SCALARS
    | st.integers(10**300, 10**320)
    | st.lists(SCALARS, max_size=4)
    | st.dictionaries(st.text(max_size=4), SCALARS, max_size=4)
)
JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def table(**values: object) -> Table:
    return Table(values, "recipe 'r'", RecipeError)


def refusal(read: Callable[[], object]) -> str:
    with pytest.raises(RecipeError) as caught:
        read()
    return str(caught.value)


@pytest.mark.parametrize(
    ("method", "value"),
    [
        ("text", "a"),
        ("text", ""),
        ("optional_text", "a"),
        ("boolean", False),
        ("texts", ()),
        ("texts", ("a", "b")),
        ("mapping", {"a": [1]}),
    ],
)
def test_value_of_the_right_kind_is_given_back(method: str, value: object) -> None:
    given_value = list(value) if isinstance(value, tuple) else value
    assert getattr(table(key=given_value), method)("key") == value


@pytest.mark.parametrize("value", [-2, 0, 3])
def test_whole_number_is_taken_up_to_both_ends_of_its_range(value: int) -> None:
    read = table(key=value, list=[value, 3])
    assert read.integer("key", low=-2, high=3) == value
    assert read.optional_integer("key", low=-2, high=3) == value
    assert read.integers("list", low=-2, high=3) == (value, 3)


@pytest.mark.parametrize(
    "value", [-3, 4, pytest.param(HUGE, id="huge"), pytest.param(-HUGE, id="-huge")]
)
def test_whole_number_beyond_either_end_is_refused(value: int) -> None:
    shown = str(value) if abs(value) < 9 else "a whole number too long to show"
    text = refusal(lambda: table(key=value).integer("key", low=-2, high=3))
    assert text == f"recipe 'r': key {shown} outside -2..3"
    text = refusal(lambda: table(key=[0, value]).integers("key", low=-2, high=3))
    assert text == "recipe 'r': key must be a list of whole numbers -2..3"


@pytest.mark.parametrize(("value", "number"), [(0, 0.0), (1, 1.0), (0.25, 0.25), (-0.0, 0.0)])
def test_number_may_be_written_without_a_point(value: float, number: float) -> None:
    read = table(key=value, list=[value])
    assert type(read.number("key")) is float
    assert (read.number("key", low=0, high=1), read.optional_number("key")) == (number, number)
    assert read.numbers("list", low=0, high=1) == (number,)


@pytest.mark.parametrize(
    "value", [math.nan, math.inf, -math.inf, 10**400, pytest.param(-HUGE, id="-huge")]
)
def test_number_that_is_not_finite_is_refused_in_any_range(value: float) -> None:
    ends = {"low": -math.inf, "high": math.inf}
    for read in (
        lambda: table(key=value).number("key"),
        lambda: table(key=value).optional_number("key"),
        lambda: table(key=[1.0, value]).numbers("key", **ends),
    ):
        text = refusal(read)
        assert text.startswith("recipe 'r': key is ")
        assert text.endswith("; it must be a finite number")
        assert len(text) < 120


def test_number_out_of_range_is_shown_exactly() -> None:
    text = refusal(lambda: table(limit=1.00000001).number("limit", low=0, high=1))
    assert text == "recipe 'r': limit 1.00000001 outside 0..1"


@pytest.mark.parametrize(
    ("method", "value", "expected"),
    [
        ("text", 1, "key is 1; it must be a text"),
        ("text", None, "key is None; it must be a text"),
        ("boolean", 1, "key is 1; it must be true or false"),
        ("boolean", "true", "key is 'true'; it must be true or false"),
        ("number", True, "key is True; it must be a number"),
        ("number", "0.5", "key is '0.5'; it must be a number"),
        ("optional_number", False, "key is False; it must be a number"),
        ("optional_text", 0, "key is 0; it must be a text"),
        ("texts", "abc", "key is 'abc'; it must be a list"),
        ("texts", ["a", 1], "key must be a list of texts"),
        ("mapping", [], "key is []; it must be a dict"),
        ("table", [], "key is []; it must be a dict"),
        ("boolean", "x" * 99, f"key is '{'x' * 56}...; it must be true or false"),
    ],
)
def test_value_of_another_kind_is_refused(method: str, value: object, expected: str) -> None:
    read = getattr(table(key=value), method)
    assert refusal(lambda: read("key")) == f"recipe 'r': {expected}"


@pytest.mark.parametrize("value", [True, 1.0, "1", None, [1]])
def test_whole_number_is_no_truth_value_and_has_no_point(value: object) -> None:
    text = refusal(lambda: table(key=value).integer("key", low=0, high=9))
    assert text == f"recipe 'r': key is {value!r}; it must be a whole number"
    text = refusal(lambda: table(key=[value]).integers("key", low=0, high=9))
    assert text == "recipe 'r': key must be a list of whole numbers 0..9"


def test_truth_value_in_a_list_of_numbers_is_refused() -> None:
    text = refusal(lambda: table(key=[0.5, True]).numbers("key", low=0, high=1))
    assert text == "recipe 'r': key must be a list of numbers"


def test_word_that_is_not_among_the_known_is_refused() -> None:
    text = refusal(lambda: table(color="red").text("color", among=("rgb", "mono")))
    assert text == "recipe 'r': color is 'red'; it must be one of rgb, mono"


@pytest.mark.parametrize("method", ["optional_text", "optional_number"])
@pytest.mark.parametrize("values", [{}, {"key": None}])
def test_optional_value_is_none_when_absent_or_null(method: str, values: dict[str, Any]) -> None:
    read = table(**values)
    assert getattr(read, method)("key") is None
    assert read.optional_integer("key", low=0, high=1) is None
    read.close()


def test_missing_key_names_the_one_that_was_meant() -> None:
    text = refusal(lambda: table(threshhold=1).number("threshold"))
    assert text == "recipe 'r': the key 'threshold' is missing; is 'threshhold' meant to be it?"
    assert refusal(lambda: table().text("name")) == "recipe 'r': the key 'name' is missing"


def test_unknown_key_is_refused_with_the_nearest_known_one() -> None:
    read = table(name="a", treshold=1)
    read.text("name")
    read.optional_number("threshold")
    assert refusal(read.close) == "recipe 'r': unknown key 'treshold'; did you mean 'threshold'?"


def test_unknown_key_like_no_other_is_refused_with_all_known_ones() -> None:
    read = table(name="a", zzz=1)
    read.text("name")
    read.optional_number("age")
    assert refusal(read.close) == "recipe 'r': unknown key 'zzz'; known keys: age, name"


def test_unknown_key_as_long_as_a_book_is_cut_in_the_message() -> None:
    read = table(**{"k" * 1_000_000: 1})
    assert refusal(read.close) == f"recipe 'r': unknown key '{'k' * 56}...; known keys: "


def test_table_whose_keys_were_all_asked_for_closes() -> None:
    read = table(inner={"a": 1}, free={"anything": 2})
    inner = read.table("inner")
    inner.integer("a", low=0, high=9)
    read.mapping("free")
    inner.close()
    read.close()


def test_inner_table_says_where_it_stands() -> None:
    inner = table(inner={"a": 1}).table("inner")
    assert refusal(inner.close) == "recipe 'r': inner: unknown key 'a'; known keys: "


@pytest.mark.parametrize("values", [None, [], "text", 3, pytest.param(HUGE, id="huge")])
def test_what_is_no_table_is_refused(values: object) -> None:
    text = refusal(lambda: Table(values, "recipe 'r'", RecipeError))
    assert text.startswith("recipe 'r': a table was expected, not ")


@STEADY
@given(st.dictionaries(st.sampled_from(["a", "b", "aa"]), VALUES), st.floats(), st.floats())
def test_reading_anything_gives_its_kind_or_our_error(
    values: dict[str, object], low: float, high: float
) -> None:
    read = Table(values, "file", RecipeError)
    kinds: list[tuple[Callable[[], object], tuple[type, ...]]] = [
        (lambda: read.text("a"), (str,)),
        (lambda: read.text("a", among=("x", "")), (str,)),
        (lambda: read.optional_text("a"), (str, type(None))),
        (lambda: read.boolean("a"), (bool,)),
        (lambda: read.integer("a", low=-5, high=2**53), (int,)),
        (lambda: read.optional_integer("a", low=-5, high=2**53), (int, type(None))),
        (lambda: read.number("a", low=low, high=high), (float,)),
        (lambda: read.optional_number("a"), (float, type(None))),
        (lambda: read.texts("a"), (tuple,)),
        (lambda: read.integers("a", low=-5, high=2**53), (tuple,)),
        (lambda: read.numbers("a", low=low, high=high), (tuple,)),
        (lambda: read.table("a"), (Table,)),
        (lambda: read.mapping("a"), (dict,)),
        (read.close, (type(None),)),
    ]
    for method, kind in kinds:
        try:
            value = method()
        except RecipeError:
            continue
        assert type(value) in kind
        if isinstance(value, float):
            assert math.isfinite(value)


@STEADY
@given(JSON_VALUES)
def test_canonical_json_is_read_back_and_spelt_the_same_again(value: object) -> None:
    data = canonical_json(value)
    again = parse_json(data, "file", RecipeError)
    assert again == value
    assert canonical_json(again) == data


def test_canonical_json_has_one_spelling() -> None:
    spelt = b'{\n  "a": [\n    1.5,\n    "\\u00e9"\n  ],\n  "b": null\n}\n'
    assert canonical_json({"b": None, "a": [1.5, "é"]}) == spelt


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_canonical_json_of_a_number_that_is_not_finite_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json({"a": [value]})


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", "Expecting value"),
        (b"{", "Expecting property name"),
        (b'{"a": 1} x', "Extra data"),
        (b'\xef\xbb\xbf{"a": 1}', "BOM"),
        (b'"\xff"', "can't decode byte 0xff"),
        (b"[NaN]", "NaN is not a JSON number"),
        (b"[Infinity]", "Infinity is not a JSON number"),
        (b"[-Infinity]", "-Infinity is not a JSON number"),
        (b'{"a": 1, "a": 1}', "a key stands twice in one table"),
        (b'[{"b": {"a": 1, "\\u0061": 2}}]', "a key stands twice in one table"),
        (rb'{"name": "\ud800"}', "surrogates not allowed"),
        (rb'{"\udfff": 1}', "surrogates not allowed"),
        (b"1" * 5000, "Exceeds the limit"),
        (b"[" * 100_000, "recursion"),
        (b'{"a":' * 100_000, "recursion"),
    ],
)
def test_json_that_is_not_strict_is_refused(data: bytes, fault: str) -> None:
    text = refusal(lambda: parse_json(data, "file", RecipeError))
    assert text.startswith("file: not valid JSON: ")
    assert fault in text


@STEADY
@given(st.binary(max_size=40) | st.text().map(lambda text: json.dumps(text).encode()))
def test_parsing_anything_gives_a_value_or_our_error(data: bytes) -> None:
    try:
        value = parse_json(data, "file", RecipeError)
    except RecipeError:
        return
    assert value == json.loads(data)

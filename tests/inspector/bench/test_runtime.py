"""Offers are found by their entry points, and what cannot run here says why."""

from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from inspector.bench.runtime import GROUP, by_name, load_plugin, obstacle, offered
from inspector.bundle import open_bundle
from inspector.errors import UsageError
from tests.support.bench_offers import EXACT, reference


def point(name: str, value: str) -> EntryPoint:
    return EntryPoint(name=name, value=value, group=GROUP)


def test_product_offers_its_six_runtimes_the_reference_first() -> None:
    assert list(offered()) == [
        "onnxruntime",
        "onnxruntime-int8",
        "openvino",
        "tensorflow",
        "tensorflow-predict",
        "tflite",
    ]


def test_reference_comes_first_and_the_others_by_name() -> None:
    points = [point("z", "a:Z"), point("onnxruntime", "a:O"), point("b", "a:B")]
    assert list(by_name(points)) == ["onnxruntime", "b", "z"]


def test_one_package_found_twice_is_one_offer() -> None:
    assert list(by_name([point("a", "a:A"), point("a", "a:A")])) == ["a"]


def test_two_offers_of_one_name_are_refused() -> None:
    with pytest.raises(UsageError, match="two packages offer a runtime 'a': a:A and b:A"):
        by_name([point("a", "a:A"), point("a", "b:A")])


def test_offer_is_loaded_by_its_reference() -> None:
    assert load_plugin(reference("EXACT")) is EXACT


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("no_such_module:X", "No module named"),
        (reference("NO_SUCH_NAME"), "is not there"),
        (reference("brightness"), "is not a runtime plugin"),
    ],
)
def test_broken_offer_is_an_import_error(value: str, message: str) -> None:
    with pytest.raises(ImportError, match=message):
        load_plugin(value)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (reference("EXACT"), None),
        (reference("NOT_INSTALLED"), "not installed; install it with: pip install it"),
        (reference("IMPOSSIBLE"), "the bundle lacks a thing; add it"),
        ("no_such:X", "the package that offers it is broken: No module named 'no_such'"),
    ],
)
def test_obstacle_says_what_to_do(bundle: Path, value: str, why: str | None) -> None:
    assert obstacle(value, bundle, open_bundle(bundle)) == why

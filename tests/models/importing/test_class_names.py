"""The names in a model's file, in whichever way an exporter writes them."""

import zipfile
from pathlib import Path

import pytest

from inspector.errors import ConfigurationError
from models.importing.class_names import agreed_labels, names_in_properties, names_in_tflite

NAMES = ("good", "dent", "scratch")


@pytest.mark.parametrize(
    "properties",
    [
        {"names": "{0: 'good', 1: 'dent', 2: 'scratch'}"},
        {"names": "{2: 'scratch', 0: 'good', 1: 'dent'}", "task": "classify"},
        {"class_names": '["good", "dent", "scratch"]'},
        {"id2label": '{"0": "good", "1": "dent", "2": "scratch"}'},
        {"classes": "good, dent,scratch"},
        {"labels": "['good', 'dent', 'scratch']"},
    ],
)
def test_names_are_found_in_their_order(properties: dict[str, str]) -> None:
    assert names_in_properties(properties) == NAMES


@pytest.mark.parametrize(
    "text",
    [
        "",
        "3",
        "good",
        "{0: 'good', 2: 'dent'}",
        "[1, 2]",
        "{'good', 'dent'}",
        "[" * 5000,
        "(('a',),)",
    ],
)
def test_what_is_no_list_of_names_names_nothing(text: str) -> None:
    assert names_in_properties({"names": text}) == ()


def test_nothing_of_a_file_is_executed() -> None:
    assert names_in_properties({"names": "[__import__('os').getcwd()]"}) == ()


def test_labels_in_a_tflite_file_are_found(tmp_path: Path) -> None:
    path = tmp_path / "net.tflite"
    path.write_bytes(b"the flat buffer")
    assert names_in_tflite(path) == ()
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("labels.txt", "good\ndent\nscratch\n")
    assert names_in_tflite(path) == NAMES


def test_what_is_said_and_what_the_file_says_must_agree() -> None:
    assert agreed_labels((), NAMES, None) == NAMES
    assert agreed_labels(NAMES, (), None) == NAMES
    assert agreed_labels(NAMES, ("Good", "DENT", "scratch"), None) == NAMES
    assert agreed_labels((), ("OK", "dent"), "OK") == ("good", "dent")
    with pytest.raises(ConfigurationError, match="names its classes good, dent, scratch; --labels"):
        agreed_labels(("good", "scratch", "dent"), NAMES, None)


@pytest.mark.parametrize("found", [("dent", "OK", "scratch"), ("Dent", "good", "scratch")])
def test_other_spelling_in_the_file_is_no_contradiction(found: tuple[str, ...]) -> None:
    assert agreed_labels(("dent", "good", "scratch"), found, None) == ("dent", "good", "scratch")


@pytest.mark.parametrize("found", [("a", "b", "c"), ("good", "dent", "scratch", "burr")])
def test_other_names_in_the_file_are_overruled_and_said(
    found: tuple[str, ...], caplog: pytest.LogCaptureFixture
) -> None:
    assert agreed_labels(NAMES, found, None) == NAMES
    assert "taken are those of --labels, good, dent, scratch" in caplog.text

"""A process that serves obeys one message after the other, and tells what failed."""

import io
from collections.abc import Mapping
from typing import Any

import pytest

from inspector.errors import InferenceError
from inspector.inference.messages import read_message, write_message
from inspector.inference.serving import Answer, messages_of, serve


def double(words: Mapping[str, Any], raw: bytes) -> Answer:
    return {"is": 2 * words["n"]}, raw + raw


def fail(_words: Mapping[str, Any], _raw: bytes) -> Answer:
    raise InferenceError("cannot")


def crash(_words: Mapping[str, Any], _raw: bytes) -> Answer:
    raise ArithmeticError("of the kernel\nsecond line")


COMMANDS = {"double": double, "fail": fail, "crash": crash}


def answers_to(*messages: dict[str, object]) -> list[Answer]:
    asked, answers = io.BytesIO(), io.BytesIO()
    for words in messages:
        write_message(asked, words, b"ab")
    asked.seek(0)
    serve(messages_of(asked), answers, COMMANDS)
    answers.seek(0)
    told = []
    while (message := read_message(answers)) is not None:
        told.append(message)
    return told


def test_commands_are_answered_in_words_and_bytes() -> None:
    assert answers_to({"do": "double", "n": 3}, {"do": "double", "n": 4}) == [
        ({"is": 6}, b"abab"),
        ({"is": 8}, b"abab"),
    ]


@pytest.mark.parametrize(
    ("command", "error"),
    [
        ("fail", "cannot"),
        ("crash", "ArithmeticError: of the kernel"),
        ("dance", "KeyError: 'dance'"),
    ],
)
def test_failure_is_told_in_one_line_and_is_the_end(command: str, error: str) -> None:
    assert answers_to({"do": command}, {"do": "double", "n": 3}) == [({"error": error}, b"")]

"""`--sample-bits` takes the depths that 16 bits can hold."""

import argparse

import pytest

from inspector.command_line import Parser
from models.commands.sample_bits import add_sample_bits


def parsed(*arguments: str) -> argparse.Namespace:
    parser = Parser()
    add_sample_bits(parser)
    return parser.parse_args(arguments)


def test_bits_are_a_whole_number_or_unsaid() -> None:
    assert parsed().sample_bits is None
    assert parsed("--sample-bits", "12").sample_bits == 12


@pytest.mark.parametrize("text", ["7", "17", "ten", "10.5"])
def test_other_depths_are_refused(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parsed("--sample-bits", text)
    assert (
        f"argument --sample-bits: {text!r} is not a whole number 8..16" in capsys.readouterr().err
    )

"""`--data` and `--good-label` are the same for every verb that takes pictures."""

from pathlib import Path

import pytest

from inspector.command_line import Parser
from models.commands.data_argument import add_data


def test_good_label_is_said_or_not() -> None:
    parser = Parser()
    add_data(parser)
    assert parser.parse_args(["--data", "x"]).good_label is None
    said = parser.parse_args(["--data", "x", "--good-label", "良品"])
    assert (said.data, said.good_label) == (Path("x"), "良品")


def test_data_is_needed(capsys: pytest.CaptureFixture[str]) -> None:
    parser = Parser()
    add_data(parser)
    with pytest.raises(SystemExit):
        parser.parse_args([])
    assert "--data" in capsys.readouterr().err

"""A bundle that should not judge is wanted for a reason, or not at all."""

import pytest

from inspector.command_line import Parser
from models.commands.accept_weak import add_accept_weak


def test_reason_is_kept_without_its_margins() -> None:
    parser = Parser()
    add_accept_weak(parser)
    assert parser.parse_args([]).accept_weak is None
    assert parser.parse_args(["--accept-weak", " a inputs "]).accept_weak == "a inputs"


def test_empty_reason_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    parser = Parser()
    add_accept_weak(parser)
    with pytest.raises(SystemExit):
        parser.parse_args(["--accept-weak", "  "])
    assert "it is empty; say why such a bundle is wanted" in capsys.readouterr().err

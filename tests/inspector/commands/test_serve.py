"""The command that our own programs start: what it serves is tested where it is asked."""

import pytest

from inspector.__main__ import main


def test_unknown_service_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["serve", "coffee"])
    assert ended.value.code == 3
    assert "'coffee'" in capsys.readouterr().err


def test_command_is_not_in_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "serve" not in capsys.readouterr().out

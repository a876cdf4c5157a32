"""`inspector selftest`: 0 and a sentence, or 4 and what is wrong."""

import json

import pytest

from inspector.__main__ import main


def test_selftest_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["selftest"]) == 0
    assert capsys.readouterr().out.endswith("this machine is fit to judge\n")


def test_selftest_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["selftest", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["passed"] is True
    assert [check["name"] for check in found["checks"]] == [
        "bundle", "canary", "good part", "bad part", "record",
        "sources", "isolated model", "folders", "free space", "clock", "processor", "fonts",
    ]  # fmt: skip
    assert all(check["elapsed_ms"] >= 0 for check in found["checks"])

"""The workshop's command line: wrong usage ends with 3, and help is there at once."""

import subprocess
import sys

import pytest

from models.__main__ import main


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nonsense"],
        ["train", "--task", "anomaly", "--data"],
        ["train", "--task", "horoscope", "--data", "x", "--out", "y"],
        ["train", "--task", "anomaly", "--data", "x", "--out", "y", "--size", "0"],
        ["train", "--task", "anomaly", "--data", "x", "--out", "y", "--overkill-at-most", "nan"],
        ["train", "--tas", "anomaly", "--data", "x", "--out", "y"],
        ["evaluate", "x", "--data", "y", "--split", "all"],
        ["import", "x", "--task", "detect", "--data", "y", "--out", "z"],
    ],
)
def test_wrong_usage_ends_with_3(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 3
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("verb", ["train", "import", "validate", "evaluate", "quantize", "convert"])
def test_help_brings_neither_numpy_nor_tensorflow(verb: str) -> None:
    script = (
        "import sys\nfrom models.__main__ import main\n"
        f"try:\n    main([{verb!r}, '--help'])\n"
        "except SystemExit as ended:\n    assert ended.code == 0\n"
        "print([name for name in ('numpy', 'tensorflow') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"

"""The numbers the shell sees; scripts of others hang on them."""

from inspector.exit_codes import ExitCode


def test_exit_codes_are_the_promised_numbers() -> None:
    assert {code.name: int(code) for code in ExitCode} == {
        "DONE": 0,
        "HAS_FAIL": 1,
        "HAS_ERROR": 2,
        "WRONG_USAGE": 3,
        "BROKEN_RUN": 4,
        "INTERRUPTED": 130,
    }


def test_worse_part_has_the_higher_number() -> None:
    assert max(ExitCode.DONE, ExitCode.HAS_ERROR, ExitCode.HAS_FAIL) is ExitCode.HAS_ERROR

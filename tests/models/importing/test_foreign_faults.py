"""Whatever a library raises over a foreign file ends in one sentence that says what to do."""

import pytest

from inspector.errors import ConfigurationError, DataError
from models.importing.foreign_faults import blamed_on


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (ValueError("\n  no graph\nand a long tale"), "no graph"),
        (KeyError("x"), "KeyError: 'x'"),
        (AssertionError(), "AssertionError"),
        (RuntimeError("a" * 400), "a" * 300 + "..."),
        (MemoryError(), "it asks for more memory than there is"),
    ],
)
def test_fault_is_named_in_one_line(fault: Exception, reason: str) -> None:
    with pytest.raises(ConfigurationError) as caught, blamed_on("'a.onnx' is bad", "mend it"):
        raise fault
    advice = "" if isinstance(fault, MemoryError) else "; mend it"
    assert str(caught.value) == f"'a.onnx' is bad: {reason}{advice}"


def test_errors_of_ours_and_ctrl_c_pass_as_they_are() -> None:
    with pytest.raises(DataError, match="ours"), blamed_on("what", "advice"):
        raise DataError("ours")
    with pytest.raises(KeyboardInterrupt), blamed_on("what", "advice"):
        raise KeyboardInterrupt

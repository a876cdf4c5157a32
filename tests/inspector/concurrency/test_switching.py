"""Short turns last as long as they are asked for."""

import sys

import pytest

from inspector.concurrency.switching import SHORT_TURN_S, short_turns


def test_turns_are_short_inside_and_as_before_afterwards() -> None:
    before_s = sys.getswitchinterval()
    with short_turns():
        assert sys.getswitchinterval() == pytest.approx(SHORT_TURN_S)
    assert sys.getswitchinterval() == before_s

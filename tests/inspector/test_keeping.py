"""A rule says of each part whether its pictures are kept."""

import pytest

from inspector.flow import Decision
from inspector.keeping import Keep, KeepRule

PASS, FAIL, ERROR = Decision.PASS, Decision.FAIL, Decision.ERROR


@pytest.mark.parametrize(
    ("rule", "kept"),
    [
        (KeepRule(), [(1, FAIL), (1, ERROR), (2, FAIL), (2, ERROR)]),
        (KeepRule(keep=Keep.NONE), []),
        (KeepRule(keep=Keep.NONE, one_pass_in=2), [(2, PASS)]),
        (KeepRule(one_pass_in=2), [(1, FAIL), (1, ERROR), (2, PASS), (2, FAIL), (2, ERROR)]),
        (KeepRule(keep=Keep.ALL), [(n, one) for n in (1, 2) for one in (PASS, FAIL, ERROR)]),
    ],
)
def test_rule_keeps_what_it_says(rule: KeepRule, kept: list[tuple[int, Decision]]) -> None:
    every = [(number, one) for number in (1, 2) for one in (PASS, FAIL, ERROR)]
    assert [one for one in every if rule.wants(*one)] == kept

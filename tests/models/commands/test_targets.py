"""The options for a threshold's targets: shares, written in either way."""

import argparse

import pytest

from models.commands.targets import add_targets


def parsed(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(exit_on_error=False)
    add_targets(parser)
    return parser.parse_args(arguments)


def test_percent_and_fraction_mean_the_same_share() -> None:
    given = parsed("--overkill-at-most", "2%", "--escape-at-most", "0.02")
    assert (given.overkill_at_most, given.escape_at_most) == (0.02, 0.02)


def test_targets_that_were_not_given_are_none() -> None:
    assert (parsed().overkill_at_most, parsed().escape_at_most) == (None, None)


@pytest.mark.parametrize("text", ["0", "60%", "nan", "two"])
def test_what_is_no_share_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentError, match="is not a share"):
        parsed("--escape-at-most", text)

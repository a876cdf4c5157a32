"""The options that say which threshold is wanted, for every verb that chooses one."""

import argparse
import math

MIN_SHARE, MAX_SHARE = 0.0001, 0.5  # as in a training configuration


def add_targets(verb: argparse.ArgumentParser) -> None:
    """Add `--overkill-at-most` and `--escape-at-most`, shares or None."""
    verb.add_argument(
        "--overkill-at-most",
        type=_share,
        metavar="SHARE",
        help="share of good parts that may be rejected, such as 2%% or 0.02; the threshold is "
        "chosen by it on held-out pictures; default: 5%%, or, where ten defects or more were "
        "learnt from and judged, where mistakes cost least",
    )
    verb.add_argument(
        "--escape-at-most",
        type=_share,
        metavar="SHARE",
        help="share of defects that may pass; where both cannot be had, it overrides the "
        "overkill; default: as few as the overkill allows",
    )


def _share(text: str) -> float:
    try:
        value = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        value = math.nan
    if not MIN_SHARE <= value <= MAX_SHARE:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a share {MIN_SHARE:.2%}..{MAX_SHARE:.0%}, such as 2% or 0.02"
        )
    return value

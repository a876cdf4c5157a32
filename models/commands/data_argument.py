"""The labelled pictures that a verb works on, for every verb that takes some."""

import argparse
from pathlib import Path

_HELP = "a CSV list or a folder of pictures"


def add_data(verb: argparse.ArgumentParser) -> None:
    """Add `--data` and `--good-label`."""
    verb.add_argument("--data", required=True, type=Path, help=_HELP)
    add_good_label(verb)


def add_lists(verb: argparse.ArgumentParser) -> None:
    """Add `--data`, which may be left out or come several times, and `--good-label`."""
    verb.add_argument("--data", action="append", type=Path, help=_HELP)
    add_good_label(verb)


def add_good_label(verb: argparse.ArgumentParser) -> None:
    """Add `--good-label`."""
    verb.add_argument(
        "--good-label",
        metavar="LABEL",
        help="the label in DATA that means free of defects, such as OK; default: good",
    )

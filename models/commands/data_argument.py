"""The labelled pictures that a verb works on, for every verb that takes some."""

import argparse
from pathlib import Path


def add_data(verb: argparse.ArgumentParser, *, is_required: bool = True) -> None:
    """Add `--data` and `--good-label`."""
    verb.add_argument(
        "--data", required=is_required, type=Path, help="a CSV list or a folder of pictures"
    )
    verb.add_argument(
        "--good-label",
        metavar="LABEL",
        help="the label in DATA that means free of defects, such as OK; default: good",
    )

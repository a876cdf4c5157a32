"""The option that says why a bundle is wanted that should not judge."""

import argparse


def add_accept_weak(verb: argparse.ArgumentParser) -> None:
    """Add `--accept-weak`."""
    verb.add_argument(
        "--accept-weak",
        type=_reason,
        metavar="REASON",
        help="write the bundle although it passes half of the defects or hardly tells good from "
        "bad; the reason is stored in it",
    )


def _reason(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("it is empty; say why such a bundle is wanted")
    return text.strip()

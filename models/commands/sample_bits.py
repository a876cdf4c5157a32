"""The option that says how many bits a camera uses in pictures of 16."""

import argparse

from inspector.command_line import whole_number

_MIN_BITS, _MAX_BITS = 8, 16


def add_sample_bits(verb: "argparse._ActionsContainer") -> None:
    """Add `--sample-bits` to a verb or a group of its options."""
    verb.add_argument(
        "--sample-bits",
        type=whole_number(_MIN_BITS, _MAX_BITS),
        metavar="N",
        help="how many bits the camera uses in pictures of 16; default: what the files say, else "
        "the fewest that hold every value of the training pictures",
    )

"""`inspector-models`: the workshop's verbs, from labelled pictures to a proven bundle."""

import sys
from collections.abc import Sequence

from inspector.command_line import Parser, program, run
from models.commands import convert, evaluate, import_model, quantize, train, validate


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb and return its exit code."""
    parser = program("inspector-models", "Train, prove and measure the models that judge parts.")
    verbs = parser.add_subparsers(metavar="VERB", required=True, parser_class=Parser)
    for verb in (train, import_model, validate, evaluate, quantize, convert):
        verb.add(verbs)
    return run(parser, arguments)


if __name__ == "__main__":
    sys.exit(main())

"""`inspector`: the line's program, without a screen."""

import sys
from collections.abc import Sequence

from inspector.command_line import Parser, program, run
from inspector.commands import (
    backup,
    batch,
    bench,
    bundle,
    camera,
    demo,
    deploy,
    records,
    selftest,
    serve,
)
from inspector.commands import run as run_station


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    parser = program("inspector", "Judge parts by their pictures, and keep every result.")
    commands = parser.add_subparsers(metavar="COMMAND", required=True, parser_class=Parser)
    for command in (
        batch,
        run_station,
        camera,
        records,
        bench,
        bundle,
        deploy,
        backup,
        demo,
        selftest,
        serve,
    ):
        command.add(commands)
    return run(parser, arguments)


if __name__ == "__main__":
    sys.exit(main())

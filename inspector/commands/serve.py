"""`inspector serve`: what our programs start by themselves; nobody types it."""

import argparse
from typing import TYPE_CHECKING

from inspector.exit_codes import ExitCode

if TYPE_CHECKING:
    from inspector.command_line import Parser

SERVICES = ("inference", "bench")


def add(commands: "argparse._SubParsersAction[Parser]") -> None:
    """Add the command to the program, but not to its help."""
    parser = commands.add_parser(
        "serve", description="Run a model for another of our programs, which starts this by itself."
    )
    parser.add_argument("service", choices=SERVICES)
    parser.set_defaults(handler=_serve)


def _serve(parsed: argparse.Namespace) -> int:
    if parsed.service == "bench":
        from inspector.bench.child import main
    else:
        from inspector.inference.child import main
    main()
    return ExitCode.DONE

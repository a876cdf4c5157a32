"""`inspector-gui`: the operator's window."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from inspector.command_line import program, run
from inspector.errors import UsageError
from ui.display import has_display


def main(arguments: Sequence[str] | None = None) -> int:
    """Show the window and return the exit code."""
    parser = program("inspector-gui", "The operator's window of an inspection line.")
    line = parser.add_mutually_exclusive_group()
    line.add_argument("--station", type=Path, metavar="FILE", help="open this station file")
    line.add_argument("--demo", action="store_true", help="open the demo line, and start it")
    parser.add_argument("--fullscreen", action="store_true", help="fill the screen")
    parser.add_argument("--lang", choices=("en", "zh_CN"), help="default: as it was left")
    parser.set_defaults(handler=_show)
    return run(parser, arguments)


def _show(parsed: argparse.Namespace) -> int:
    if not has_display(os.environ):
        raise UsageError(
            "there is no display to show a window on; run the line without one by "
            "`inspector run --station FILE`, or set DISPLAY"
        )
    from ui.app import run_window

    return run_window(
        parsed.station,
        has_demo=parsed.demo,
        is_full_screen=parsed.fullscreen,
        language=parsed.lang,
    )


if __name__ == "__main__":
    sys.exit(main())

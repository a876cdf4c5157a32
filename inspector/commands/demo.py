"""`inspector demo`: the whole road on parts that the product draws itself."""

import argparse
import sys
from pathlib import Path

from inspector.command_line import Parser, place, print_line
from inspector.commands.batch import judge_and_write, print_summary
from inspector.exit_codes import ExitCode


def add(commands: "argparse._SubParsersAction[Parser]") -> None:
    """Add the command to the program."""
    parser = commands.add_parser(
        "demo",
        help="draw parts and judge them, to see how it works",
        description="Draw a lot of synthetic parts into DIR/parts, judge them with the bundle that "
        "comes with the product, and write the results into DIR/results. Exit code 0 also when "
        "parts fail: some are drawn to.",
    )
    parser.add_argument("--out", type=place, default=Path("demo"), metavar="DIR")
    parser.set_defaults(handler=_demo)


def _demo(parsed: argparse.Namespace) -> int:
    from inspector.assembly import shipped_bundle
    from inspector.demo import draw_parts, forget_last_demo

    parts, results_folder = parsed.out / "parts", parsed.out / "results"
    draw_parts(parts)
    forget_last_demo(parts, results_folder)
    results = judge_and_write(str(parts), shipped_bundle(), results_folder)
    print_summary(results)
    print_line("")
    print_line("the same on your own pictures:")
    called = Path(sys.argv[0])  # a newcomer has not put it on their path
    command = str(called) if called.stem == "inspector" else "python -m inspector"
    print_line(f"  {command} batch YOUR_FOLDER --bundle {shipped_bundle()} --out results")
    return ExitCode.DONE if results.summary.n_parts else ExitCode.BROKEN_RUN

"""`inspector selftest`: is this machine fit to judge?"""

import argparse
from dataclasses import asdict

from inspector.command_line import Parser, print_json, print_line
from inspector.exit_codes import ExitCode


def add(commands: "argparse._SubParsersAction[Parser]") -> None:
    """Add the command to the program."""
    parser = commands.add_parser(
        "selftest",
        help="prove that this machine judges as the product was proven to",
        description="Judge a good and a bad drawn part and keep a record; look at sources, fonts, "
        "folders, free space, clock and processor. Exit code 0 when everything held, 4 when not.",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(handler=_selftest)


def _selftest(parsed: argparse.Namespace) -> int:
    from inspector.clock import SystemClock
    from inspector.selftest.selftest import run_selftest

    checks = run_selftest(SystemClock())
    is_passed = all(check.is_passed for check in checks)
    if parsed.json:
        print_json({"passed": is_passed, "checks": [asdict(check) for check in checks]})
    else:
        for check in checks:
            word = "ok" if check.is_passed else "FAILED"
            print_line(f"{word:7}{check.name:11}{check.elapsed_ms:8.1f} ms  {check.detail}")
        print_line("this machine is fit to judge" if is_passed else "DO NOT USE THIS MACHINE")
    return ExitCode.DONE if is_passed else ExitCode.BROKEN_RUN

"""`inspector-models validate`: does the bundle judge as what it was made from?"""

import argparse
import logging
from pathlib import Path

from inspector.command_line import Parser, place, print_json, print_line
from inspector.exit_codes import ExitCode
from models.commands.data_argument import add_data

_log = logging.getLogger(__name__)


def add(verbs: "argparse._SubParsersAction[Parser]") -> None:
    """Add the verb to the program."""
    verb = verbs.add_parser(
        "validate",
        help="compare a bundle with its TensorFlow source",
        description="Run both on the pictures of DATA that the model was not chosen on, with "
        "several threads, batches and optimisations, and compare. Exit code 0 when they agree, 1 "
        "when not.",
    )
    verb.add_argument("bundle", type=Path, metavar="BUNDLE")
    add_data(verb)
    verb.add_argument("--report", type=place, metavar="DIR", help="write a page to look at")
    verb.add_argument("--json", action="store_true", help="print one JSON object")
    verb.set_defaults(handler=_validate)


def _validate(parsed: argparse.Namespace) -> int:
    from models.backbones.weights import default_cache
    from models.reports.validation_words import validation_lines
    from models.validate import validate

    validation = validate(parsed.bundle, parsed.data, default_cache(), parsed.good_label)
    if parsed.report is not None:
        from models.reports.validation_report import write_validation

        _log.info("report: %s", write_validation(validation, parsed.report))
    if parsed.json:
        print_json(validation.as_table())
    else:
        for line in validation_lines(validation):
            print_line(line)
    return ExitCode.DONE if validation.shortcoming() is None else ExitCode.HAS_FAIL

"""`inspector-models evaluate`: how well does a bundle judge?"""

import argparse
import logging
from collections.abc import Iterator, Mapping
from pathlib import Path

from inspector.command_line import Parser, place, print_json, print_line
from inspector.exit_codes import ExitCode
from models.commands.data_argument import add_data

_log = logging.getLogger(__name__)


def add(verbs: "argparse._SubParsersAction[Parser]") -> None:
    """Add the verb to the program."""
    verb = verbs.add_parser(
        "evaluate",
        help="measure how well a bundle judges labelled pictures",
        description="Judge the pictures of one split with the line's own code and compare with "
        "their labels. Exit code 0; 2: at least one picture could not be judged, and counts as "
        "rejected; 3: wrong usage or list; 4: the run broke; 130: interrupted.",
    )
    verb.add_argument("bundle", type=Path, metavar="BUNDLE")
    add_data(verb)
    verb.add_argument("--split", choices=("train", "val", "test"), default="test")
    verb.add_argument(
        "--model", choices=("float", "int8"), default="float", help="which of its models judges"
    )
    verb.add_argument(
        "--report", type=place, metavar="DIR", help="write a page, and a row for every picture"
    )
    verb.add_argument("--json", action="store_true", help="print one JSON object")
    verb.set_defaults(handler=_evaluate)


def _evaluate(parsed: argparse.Namespace) -> int:
    from models.evaluate import evaluate

    evaluation = evaluate(parsed.bundle, parsed.data, parsed.split, parsed.model, parsed.good_label)
    if parsed.report is not None:
        from models.reports.evaluation_report import write_evaluation

        _log.info("report: %s", write_evaluation(evaluation, parsed.report))
    table = evaluation.as_table()
    code = ExitCode.HAS_ERROR if evaluation.n_errors else ExitCode.DONE
    if parsed.json:
        print_json(table)
        return code
    for key, value in _flattened(table):
        print_line(f"{key:20} {value:.4f}" if isinstance(value, float) else f"{key:20} {value}")
    return code


def _flattened(table: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """The figures that apply, those of tables inside under `outer.inner`."""
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from ((f"{key}.{inner}", item) for inner, item in _flattened(value))
        elif value is not None:
            yield key, value

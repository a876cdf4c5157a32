"""`inspector-models convert`: a bundle for another version of ONNX's operators."""

import argparse
from pathlib import Path

from inspector.command_line import Parser, place, whole_number
from inspector.exit_codes import ExitCode
from models.commands.accept_weak import add_accept_weak
from models.commands.data_argument import add_data
from models.commands.written_bundle import bundle_place, print_written


def add(verbs: "argparse._SubParsersAction[Parser]") -> None:
    """Add the verb to the program."""
    verb = verbs.add_parser(
        "convert",
        help="bring a bundle to another opset, for another runtime",
        description="Rewrite the bundle's model for another version of ONNX's operators, and prove "
        "it again on the pictures of DATA that it was not chosen on. Its source must be beside it.",
    )
    verb.add_argument("bundle", type=Path, metavar="BUNDLE")
    verb.add_argument("--opset", required=True, type=whole_number(7, 100), help="such as 18")
    add_data(verb)
    verb.add_argument("--out", required=True, type=place, metavar="BUNDLE2", help="folder to write")
    add_accept_weak(verb)
    verb.add_argument("--json", action="store_true", help="print one JSON object")
    verb.set_defaults(handler=_convert)


def _convert(parsed: argparse.Namespace) -> int:
    from models.backbones.weights import default_cache
    from models.change_opset import change_opset

    out = bundle_place(parsed.out)
    manifest = change_opset(
        parsed.bundle,
        parsed.opset,
        parsed.data,
        out,
        default_cache(),
        parsed.good_label,
        parsed.accept_weak,
    )
    print_written(manifest, parsed)
    return ExitCode.DONE

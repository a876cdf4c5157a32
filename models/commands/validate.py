"""`inspector-models validate`: does the bundle judge as what it was made from?"""

import argparse
from pathlib import Path

from inspector.command_line import Parser, print_json, print_line
from inspector.exit_codes import ExitCode


def add(verbs: "argparse._SubParsersAction[Parser]") -> None:
    """Add the verb to the program."""
    verb = verbs.add_parser(
        "validate",
        help="compare a bundle with its TensorFlow source",
        description="Run both on the pictures of DATA that the model was not chosen on, and "
        "compare. Exit code 0 when they agree, 1 when not.",
    )
    verb.add_argument("bundle", type=Path, metavar="BUNDLE")
    verb.add_argument("--data", required=True, type=Path, help="a CSV list or a folder of pictures")
    verb.add_argument("--json", action="store_true", help="print one JSON object")
    verb.set_defaults(handler=_validate)


def _validate(parsed: argparse.Namespace) -> int:
    from models.backbones.weights import default_cache
    from models.validate import validate

    validation = validate(parsed.bundle, parsed.data, default_cache())
    shortcoming = validation.proof.shortcoming()
    if parsed.json:
        print_json(validation.as_table())
    else:
        print_line(f"compared   {validation.proof.n_images} pictures; {validation.n_seen} left out")
        for name, agreement in validation.proof.outputs.items():
            print_line(
                f"{name:10} {agreement.dtype} {list(agreement.shape)}: largest difference "
                f"{agreement.max_abs:.3g}, {agreement.relative:.1e} of the range"
            )
        print_line(f"decisions  {validation.proof.n_flips} differ")
        print_line(f"proof      {'holds' if shortcoming is None else shortcoming}")
    return ExitCode.DONE if shortcoming is None else ExitCode.HAS_FAIL

"""`inspector bundle`: what is a bundle, and is it whole?"""

import argparse
from pathlib import Path

from inspector.command_line import Parser, print_json, print_line
from inspector.exit_codes import ExitCode


def add(commands: "argparse._SubParsersAction[Parser]") -> None:
    """Add the command and its actions to the program."""
    parser = commands.add_parser("bundle", help="look into a bundle, or prove it on this machine")
    actions = parser.add_subparsers(metavar="ACTION", required=True, parser_class=Parser)
    for name, handler, text in (
        ("info", _info, "check every byte and show what the bundle says of itself"),
        ("verify", _verify, "check every byte, load the model and judge its canary picture"),
    ):
        action = actions.add_parser(name, help=text, description=f"{text.capitalize()}.")
        action.add_argument("bundle", type=Path, metavar="BUNDLE", help="a folder or a zip")
        action.add_argument("--json", action="store_true", help="print one JSON object")
        action.set_defaults(handler=handler)


def _info(parsed: argparse.Namespace) -> int:
    import json

    from inspector.bundle import open_bundle

    manifest = open_bundle(parsed.bundle).manifest
    table = json.loads(manifest.to_json())
    if parsed.json:
        print_json(table)
        return ExitCode.DONE
    spec, threshold = manifest.input, manifest.threshold
    for name, text in (
        ("name", f"{manifest.name} {manifest.version}"),
        ("bundle_id", manifest.bundle_id),
        ("task", f"{manifest.task}: {', '.join(manifest.labels)}"),
        ("input", f"{spec.width_px} x {spec.height_px} px, {spec.color}, {spec.resize}"),
        ("threshold", f"{threshold.value:.6g}: {threshold.method}"),
        *(
            (f"{part}.{key}", value)
            for part in ("data", "validation", "training", "versions")
            for key, value in table[part].items()
        ),
    ):
        print_line(f"{name:30} {text}")
    return ExitCode.DONE


def _verify(parsed: argparse.Namespace) -> int:
    from inspector.assembly import build_judge
    from inspector.bundle import open_bundle
    from inspector.clock import SystemClock
    from inspector.recipe import DEFAULT_RECIPE

    bundle = open_bundle(parsed.bundle)
    build_judge(bundle, DEFAULT_RECIPE, SystemClock())
    manifest = bundle.manifest
    if parsed.json:
        print_json({"passed": True, "bundle_id": manifest.bundle_id})
    else:
        print_line(
            f"{manifest.name} {manifest.version} ({manifest.bundle_id[:12]}): whole, proven on "
            f"{bundle.proof.n_images} pictures, and its canary scores here as it did there"
        )
    return ExitCode.DONE

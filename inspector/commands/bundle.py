"""`inspector bundle`: what is a bundle, and is it whole?"""

import argparse
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.command_line import Parser, print_json, print_line
from inspector.errors import UsageError
from inspector.exit_codes import ExitCode

if TYPE_CHECKING:
    from inspector.bundle import Bundle, Manifest
    from inspector.machine.choices import Choice
    from inspector.tune import Tuning

_log = logging.getLogger(__name__)


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
        if name == "verify":
            action.add_argument(
                "--tune",
                action="store_true",
                help="measure which of its models and how many threads suit this machine, and "
                "remember it for this user",
            )
            action.add_argument(
                "--images",
                metavar="DIR",
                help="pictures that both models must judge alike before the INT8 one is chosen",
            )


def _info(parsed: argparse.Namespace) -> int:
    import json

    from inspector.bundle import open_bundle
    from inspector.machine.choices import remembered, user_folder
    from inspector.machine.processor import processor_name

    manifest = open_bundle(parsed.bundle).manifest
    table = json.loads(manifest.to_json())
    choice = remembered(manifest.bundle_id, processor_name(), user_folder())
    if parsed.json:
        print_json(table)
        return ExitCode.DONE
    threshold = manifest.threshold
    for name, text in (
        ("name", f"{manifest.name} {manifest.version}"),
        ("bundle_id", manifest.bundle_id),
        ("task", f"{manifest.task}: {', '.join(manifest.labels)}"),
        ("input", _input_text(manifest)),
        ("threshold", f"{threshold.value:.6g}: {threshold.method}"),
        ("models", "float and INT8" if manifest.int8_canary else "float"),
        ("runs here", "float (not tuned)" if choice is None else _shown(choice)),
        *(
            entry
            for part in ("data", "validation", "training", "versions")
            for entry in _flattened(part, table[part])
        ),
    ):
        print_line(f"{name:30} {text}")
    return ExitCode.DONE


def _input_text(manifest: "Manifest") -> str:
    from inspector.preprocess import usual_tile_count

    spec, count = manifest.input, usual_tile_count(manifest)
    text = f"{spec.width_px} x {spec.height_px} px, {spec.color}, {spec.resize}"
    if not spec.is_in_tiles:
        return text
    text += f" at {spec.scale:g} of the picture's size, {spec.overlap_px} px overlap"
    return text if count is None else f"{text}, {count} a picture"


def _flattened(name: str, value: object) -> Iterator[tuple[str, object]]:
    """The values of tables inside tables, under `outer.inner`."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flattened(f"{name}.{key}", inner)
    else:
        yield name, value


def _verify(parsed: argparse.Namespace) -> int:
    from inspector.assembly import build_inspection, models_of
    from inspector.bundle import open_bundle
    from inspector.clock import SystemClock
    from inspector.recipe import DEFAULT_RECIPE

    if parsed.images is not None and not parsed.tune:
        raise UsageError("--images: belongs to --tune; give both or neither")
    bundle = open_bundle(parsed.bundle)
    manifest = bundle.manifest
    tuning, is_kept = None, True
    if parsed.tune:
        tuning, is_kept = _tuned(bundle, parsed.images)
    else:
        for model in models_of(bundle):
            build_inspection(bundle, DEFAULT_RECIPE, SystemClock(), model=model)
    if parsed.json:
        table: dict[str, object] = {"passed": True, "bundle_id": manifest.bundle_id}
        print_json(table if tuning is None else {**table, "tuning": tuning.as_table()})
        return ExitCode.DONE
    print_line(
        f"{manifest.name} {manifest.version} ({manifest.bundle_id[:12]}): whole, proven on "
        f"{bundle.proof.n_images} pictures, and its canary scores here as it did there"
    )
    if tuning is not None:
        _show(tuning, is_kept=is_kept)
    return ExitCode.DONE


def _tuned(bundle: "Bundle", images: str | None) -> "tuple[Tuning, bool]":
    """What was measured, and whether the choice is remembered."""
    from inspector.clock import SystemClock
    from inspector.machine.choices import remember, user_folder
    from inspector.tune import tune

    tuning = tune(bundle, SystemClock(), images)
    try:
        remember(tuning.choice, bundle.manifest.bundle_id, tuning.processor, user_folder())
    except UsageError as error:  # what was measured is true all the same
        _log.warning("%s; until it can be, the float model runs with one thread", error)
        return tuning, False
    return tuning, True


def _show(tuning: "Tuning", *, is_kept: bool) -> None:
    here = tuning.int8
    print_line(f"processor  {tuning.processor}")
    if here is None:
        print_line("INT8       the bundle has no such model")
    else:
        print_line(f"INT8       {here.speed_ratio:.2f} times as fast as float")
        if here.n_images:
            print_line(
                f"pictures   {here.n_flips} of {here.n_images} verdicts differ, "
                f"{here.n_newly_passed} of them pass with INT8 only, {here.n_newly_rejected} with "
                "float only"
            )
        for shortcoming in here.shortcomings():
            print_line(f"not chosen {shortcoming}")
    for (threads, has_spinning), median_ms in tuning.times_ms.items():
        name = "1 thread" if threads == 1 else f"{threads} threads"
        name += ", spinning" if has_spinning else ""
        print_line(f"{median_ms:7.2f} ms {name}")
    force = "" if is_kept else "; not kept, and so not in force"
    print_line(f"chosen     {_shown(tuning.choice)}{force}")


def _shown(choice: "Choice") -> str:
    spinning = "spinning" if choice.has_spinning else "not spinning"
    return f"{choice.model}, threads {choice.threads}, {spinning}"

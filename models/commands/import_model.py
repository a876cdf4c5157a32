"""`inspector-models import`: a bundle of a model that was trained elsewhere."""

import argparse
import math
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.command_line import Parser, place
from inspector.errors import UsageError
from inspector.exit_codes import ExitCode
from inspector.files.text_file import read_text
from models.commands.accept_weak import add_accept_weak
from models.commands.data_argument import add_data
from models.commands.sample_bits import add_sample_bits
from models.commands.targets import add_targets
from models.commands.written_bundle import bundle_place, print_written

if TYPE_CHECKING:  # importing it for real takes a second, and `--help` needs none of it
    from models.import_model import ImportRequest
    from models.importing.pixels import Normalisation

_TASKS = ("anomaly", "classify", "segment")
_ROLES = ("score", "heatmap", "probabilities", "logits")
_MAX_LABELS_BYTES = 1_000_000
_MIN_SIDE_PX, _MAX_SIDE_PX = 8, 4096  # as a bundle's


def add(verbs: "argparse._SubParsersAction[Parser]") -> None:
    """Add the verb to the program."""
    verb = verbs.add_parser(
        "import",
        help="make a proven bundle of a model that was trained elsewhere",
        description="Put pixels before and verdicts behind a foreign model's graph, choose the "
        "threshold on the val split of DATA (train where there is none), prove the bundle against "
        "the model's own runtime, and write it.",
    )
    verb.add_argument(
        "model", type=Path, metavar="MODEL", help=".onnx, .keras, .tflite, or a SavedModel folder"
    )
    verb.add_argument("--task", required=True, choices=_TASKS, help="the kind of model")
    add_data(verb)
    verb.add_argument("--out", required=True, type=place, metavar="BUNDLE", help="folder to write")
    verb.add_argument("--name", help="what people will call the model; the name of BUNDLE")
    pixels = verb.add_argument_group(
        "what the model takes",
        "As it was trained: value = (pixel / SCALE - MEAN) / STD. Nothing of this can be found out "
        "by looking at the model, and with other values it judges wrongly.",
    )
    pixels.add_argument("--scale", type=_positive, help="such as 255; needed unless it takes uint8")
    pixels.add_argument("--mean", type=_number, nargs="+", help="one, or one for each channel")
    pixels.add_argument("--std", type=_positive, nargs="+", help="one, or one for each channel")
    pixels.add_argument("--color", choices=("rgb", "bgr", "mono"), help="default: rgb, or mono")
    pixels.add_argument("--layout", choices=("NHWC", "NCHW"), help="where it cannot be told")
    pixels.add_argument(
        "--size", type=_size, metavar="HxW", help="for a model that takes pictures of any size, px"
    )
    pixels.add_argument(
        "--resize",
        choices=("stretch", "letterbox"),
        default="stretch",
        help="how pictures are brought to that size; default: stretch",
    )
    add_sample_bits(pixels)
    outputs = verb.add_argument_group("what the model gives")
    outputs.add_argument(
        "--output",
        action="append",
        default=[],
        type=_role_and_name,
        metavar="ROLE=NAME",
        help=f"which output is the {', '.join(_ROLES)}; once for each; higher scores are worse",
    )
    outputs.add_argument(
        "--labels",
        type=_labels,
        default=(),
        help="the classes in the model's order, with commas between them, or a .txt file with one "
        "a line; the class free of defects is called good",
    )
    add_targets(verb)
    add_accept_weak(verb)
    verb.add_argument("--json", action="store_true", help="print one JSON object")
    verb.set_defaults(handler=_import)


def _import(parsed: argparse.Namespace) -> int:
    from models.import_model import import_model

    print_written(import_model(request_from(parsed)), parsed)
    return ExitCode.DONE


def request_from(parsed: argparse.Namespace) -> "ImportRequest":
    """What the command line asks for.

    Raises:
        UsageError: Two options contradict each other.
    """
    from models.dataset.sample import GOOD
    from models.import_model import ImportRequest
    from models.measures.threshold import Targets

    outputs = dict(parsed.output)
    if len(outputs) < len(parsed.output):
        raise UsageError("--output: give each role once")
    out = bundle_place(parsed.out)
    return ImportRequest(
        model=parsed.model,
        data=parsed.data,
        good_label=parsed.good_label,
        accept_weak=parsed.accept_weak,
        out=out,
        name=parsed.name or out.name.removesuffix(".bundle"),
        task=parsed.task,
        outputs=outputs,
        labels=tuple(GOOD if name == parsed.good_label else name for name in parsed.labels),
        size_px=parsed.size,
        layout=parsed.layout,
        color=parsed.color,
        resize=parsed.resize,
        normalisation=_normalisation(parsed),
        sample_bits=parsed.sample_bits,
        targets=Targets(overkill=parsed.overkill_at_most, escape=parsed.escape_at_most),
    )


def _normalisation(parsed: argparse.Namespace) -> "Normalisation | None":
    from models.importing.pixels import Normalisation

    if parsed.scale is None:
        if parsed.mean is not None or parsed.std is not None:
            raise UsageError("--mean and --std need --scale: 255, or 1 for means of whole pixels")
        return None
    return Normalisation(
        scale=parsed.scale, mean=tuple(parsed.mean or (0.0,)), std=tuple(parsed.std or (1.0,))
    )


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number")
    return value


def _positive(text: str) -> float:
    value = _number(text)
    if not value > 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not above 0")
    return value


def _size(text: str) -> tuple[int, int]:
    height, _, width = text.partition("x")
    sides = [int(side) if side.isdecimal() else 0 for side in (height, width)]
    if not all(_MIN_SIDE_PX <= side <= _MAX_SIDE_PX for side in sides):
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a size such as 224x320, of sides {_MIN_SIDE_PX}..{_MAX_SIDE_PX} px"
        )
    return sides[0], sides[1]


def _role_and_name(text: str) -> tuple[str, str]:
    role, _, name = text.partition("=")
    if role not in _ROLES or not name:
        raise argparse.ArgumentTypeError(
            f"{text!r}: write ROLE=NAME, with a role of {', '.join(_ROLES)}"
        )
    return role, name


def _labels(text: str) -> tuple[str, ...]:
    if not text.endswith(".txt"):
        names = text.split(",")
    else:
        try:
            names = read_text(Path(text), repr(text), _MAX_LABELS_BYTES, UsageError).splitlines()
        except UsageError as error:
            raise argparse.ArgumentTypeError(str(error)) from error
    labels = tuple(name.strip() for name in names)
    if "" in labels:
        raise argparse.ArgumentTypeError(f"{text!r} holds an empty name")
    return labels

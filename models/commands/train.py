"""`inspector-models train`: learn from labelled pictures."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.command_line import Parser, place, whole_number
from inspector.errors import UsageError
from inspector.exit_codes import ExitCode
from models.commands.accept_weak import add_accept_weak
from models.commands.data_argument import add_lists
from models.commands.feedback import add_feedback, add_to_bundle
from models.commands.interrupted import tell_ended_early, told_when_interrupted
from models.commands.sample_bits import add_sample_bits
from models.commands.targets import add_targets
from models.commands.written_bundle import bundle_place, print_written
from models.tasks.names import task_names

if TYPE_CHECKING:  # importing it for real takes a second, and `--help` needs none of it
    from models.training.config import TrainingConfig


def add(verbs: "argparse._SubParsersAction[Parser]") -> None:
    """Add the verb to the program."""
    verb = verbs.add_parser(
        "train",
        help="learn from labelled pictures and write a proven bundle",
        description="Learn from the train split of DATA, convert, prove, and write a bundle. The "
        "folder BUNDLE.source beside it holds what `validate` needs; the line does not need it. "
        "Or, with --add and --to, learn again what a bundle learnt, with the pictures of another "
        "list, and show what that changes before it is written.",
    )
    verb.add_argument("--task", choices=task_names(), help="the kind of model")
    add_lists(verb)
    verb.add_argument("--out", type=place, metavar="BUNDLE", help="folder to write")
    add_feedback(verb)
    verb.add_argument("--name", help="what people will call the model; the name of BUNDLE")
    verb.add_argument(
        "--config", type=Path, metavar="FILE", help="a TOML file; the options here override it"
    )
    verb.add_argument("--seed", type=whole_number(0, 2**32 - 1), help="default: 0")
    verb.add_argument(
        "--size",
        type=whole_number(64, 1024),
        metavar="PX",
        help="height and width of the network's input, a multiple of 32; default: chosen by the "
        "pictures",
    )
    add_sample_bits(verb)
    add_targets(verb)
    verb.add_argument(
        "--epochs",
        type=whole_number(1, 10_000),
        help="rounds over the pictures; not for good parts alone, which are looked at once",
    )
    add_accept_weak(verb)
    verb.add_argument("--json", action="store_true", help="print one JSON object")
    verb.set_defaults(handler=_train)


def _train(parsed: argparse.Namespace) -> int:
    if parsed.add is not None or parsed.to is not None:
        return add_to_bundle(parsed)
    for option in ("task", "data", "out"):
        if getattr(parsed, option) is None:
            raise UsageError(
                f"--{option} is missing: a training needs --task, --data and --out; or say with "
                "--add LIST --to BUNDLE what to add to which bundle"
            )
    from models.backbones.weights import default_cache
    from models.comparing.sizes import size_times
    from models.dataset.reader import PictureList
    from models.train import TrainingRequest, train
    from models.training.progress import ProgressLines

    out = bundle_place(parsed.out)
    request = TrainingRequest(
        lists=tuple(PictureList(path=path, good_label=parsed.good_label) for path in parsed.data),
        accept_weak=parsed.accept_weak,
        out=out,
        name=parsed.name or out.name.removesuffix(".bundle"),
        config=_config(parsed),
        weights_cache=default_cache(),
        listener=ProgressLines(),
    )
    with told_when_interrupted():
        result = train(request)
    if not result.is_complete:
        tell_ended_early()
    times = size_times(out, default_cache())
    print_written(result.manifest, parsed, {"speed": times.as_table()}, times.lines())
    return ExitCode.DONE if result.is_complete else ExitCode.INTERRUPTED


def _config(parsed: argparse.Namespace) -> "TrainingConfig":
    """The file's, or the standard one, with what the command line says put over it."""
    from models.training.config import TrainingConfig, load_config

    if parsed.size is not None and parsed.size % 32:
        raise UsageError(f"--size {parsed.size}: must be a multiple of 32, such as 224, 256 or 320")
    config = TrainingConfig(task=parsed.task)
    if parsed.config is not None:
        config = load_config(parsed.config, parsed.task)
    said = {
        "seed": parsed.seed,
        "height_px": parsed.size,
        "width_px": parsed.size,
        "epochs": parsed.epochs,
        "sample_bits": parsed.sample_bits,
        "overkill_at_most": parsed.overkill_at_most,
        "escape_at_most": parsed.escape_at_most,
    }
    return replace(config, **{key: value for key, value in said.items() if value is not None})

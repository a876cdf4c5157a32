"""`inspector-models`: the workshop's verbs, from labelled pictures to a proven bundle."""

import argparse
import logging
import math
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.command_line import (
    Parser,
    folder,
    print_json,
    print_line,
    program,
    run,
    whole_number,
)
from inspector.errors import UsageError
from inspector.exit_codes import ExitCode
from models.task_names import task_names

if TYPE_CHECKING:  # importing them for real takes a second, and `--help` needs none of it
    from inspector.bundle import Manifest
    from models.config import TrainingConfig

_log = logging.getLogger(__name__)

MIN_SHARE, MAX_SHARE = 0.0001, 0.5  # as in a training configuration


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb and return its exit code."""
    parser = program("inspector-models", "Teach, prove and measure the models that judge parts.")
    verbs = parser.add_subparsers(metavar="VERB", required=True, parser_class=Parser)
    _add_train(verbs)
    _add_validate(verbs)
    _add_evaluate(verbs)
    return run(parser, arguments)


def _add_train(verbs: "argparse._SubParsersAction[Parser]") -> None:
    verb = verbs.add_parser(
        "train",
        help="learn from labelled pictures and write a proven bundle",
        description="Learn from the train split of DATA, convert, prove, and write a bundle. The "
        "folder BUNDLE.source beside it holds what `validate` needs; the line does not need it.",
    )
    verb.add_argument("--task", required=True, choices=task_names(), help="the kind of model")
    verb.add_argument("--data", required=True, type=Path, help="a CSV list or a folder of pictures")
    verb.add_argument("--out", required=True, type=folder, metavar="BUNDLE", help="folder to write")
    verb.add_argument("--name", help="what people will call the model; the name of BUNDLE")
    verb.add_argument(
        "--config", type=Path, metavar="FILE", help="a TOML file; the options here go before it"
    )
    verb.add_argument("--seed", type=whole_number(0, 2**32 - 1), help="default: 0")
    verb.add_argument(
        "--size",
        type=whole_number(64, 1024),
        metavar="PX",
        help="height and width of the network's input, a multiple of 32; default: chosen by the "
        "pictures",
    )
    verb.add_argument(
        "--overkill-at-most",
        type=_share,
        metavar="SHARE",
        help="share of good parts that may be rejected, such as 2%% or 0.02; the threshold is "
        "chosen by it on held-out pictures; default: 5%%",
    )
    verb.add_argument(
        "--escape-at-most",
        type=_share,
        metavar="SHARE",
        help="share of defects that may pass; where both cannot be had, it goes before the "
        "overkill; default: as few as the overkill allows",
    )
    verb.add_argument(
        "--epochs",
        type=whole_number(1, 10_000),
        help="rounds over the pictures, at most; not for anomaly, which looks once",
    )
    verb.add_argument("--json", action="store_true", help="print one JSON object")
    verb.set_defaults(handler=_train)


def _add_validate(verbs: "argparse._SubParsersAction[Parser]") -> None:
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


def _add_evaluate(verbs: "argparse._SubParsersAction[Parser]") -> None:
    verb = verbs.add_parser(
        "evaluate",
        help="measure how well a bundle judges labelled pictures",
        description="Judge the pictures of one split with the line's own code and compare with "
        "their labels.",
    )
    verb.add_argument("bundle", type=Path, metavar="BUNDLE")
    verb.add_argument("--data", required=True, type=Path, help="a CSV list or a folder of pictures")
    verb.add_argument("--split", choices=("train", "val", "test"), default="test")
    verb.add_argument(
        "--report", type=folder, metavar="DIR", help="write a page, and a row for every picture"
    )
    verb.add_argument("--json", action="store_true", help="print one JSON object")
    verb.set_defaults(handler=_evaluate)


def _train(parsed: argparse.Namespace) -> int:
    from models.progress import ProgressLines
    from models.train import TrainingRequest, train

    out = Path(os.path.abspath(parsed.out))  # noqa: PTH100  (resolve() would follow a link)
    result = train(
        TrainingRequest(
            data=parsed.data,
            out=out,
            name=parsed.name or out.name.removesuffix(".bundle"),
            config=_config(parsed),
            weights_cache=_weights_cache(),
            listener=ProgressLines(),
        )
    )
    _show(result.manifest, parsed)
    return ExitCode.DONE if result.is_complete else ExitCode.INTERRUPTED


def _config(parsed: argparse.Namespace) -> "TrainingConfig":
    """The file's, or the standard one, with what the command line says put over it."""
    from models.config import TrainingConfig, load_config

    if parsed.epochs is not None and parsed.task == "anomaly":
        raise UsageError("--epochs: the task anomaly looks at each picture once; leave it out")
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
        "overkill_at_most": parsed.overkill_at_most,
        "escape_at_most": parsed.escape_at_most,
    }
    return replace(config, **{key: value for key, value in said.items() if value is not None})


def _show(manifest: "Manifest", parsed: argparse.Namespace) -> None:
    threshold = manifest.threshold
    if parsed.json:
        print_json(
            {
                "bundle": str(parsed.out),
                "bundle_id": manifest.bundle_id,
                "threshold": threshold.value,
                "threshold_method": threshold.method,
                "data": manifest.data,
                "validation": manifest.validation,
            }
        )
    else:
        print_line(f"bundle     {parsed.out} ({manifest.bundle_id[:12]})")
        print_line(f"threshold  {threshold.value:.4f}: {threshold.method}")
        print_line(
            f"proof      {manifest.validation['n_images']} unseen pictures, scores differ by "
            f"{manifest.validation['score_max_relative']:.1e} of their range, "
            f"{manifest.validation['n_flips']} decisions differ"
        )


def _validate(parsed: argparse.Namespace) -> int:
    from models.validate import validate

    validation = validate(parsed.bundle, parsed.data, _weights_cache())
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


def _evaluate(parsed: argparse.Namespace) -> int:
    from models.evaluate import evaluate

    evaluation = evaluate(parsed.bundle, parsed.data, parsed.split)
    if parsed.report is not None:
        from models.evaluation_report import write_evaluation

        _log.info("report: %s", write_evaluation(evaluation, parsed.report))
    table = evaluation.as_table()
    if parsed.json:
        print_json(table)
        return ExitCode.DONE
    for key, value in _flattened(table):
        print_line(f"{key:20} {value:.4f}" if isinstance(value, float) else f"{key:20} {value}")
    return ExitCode.DONE


def _flattened(table: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """The figures that apply, those of tables inside under `outer.inner`."""
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from ((f"{key}.{inner}", item) for inner, item in _flattened(value))
        elif value is not None:
            yield key, value


def _share(text: str) -> float:
    try:
        value = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        value = math.nan
    if not MIN_SHARE <= value <= MAX_SHARE:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no share {MIN_SHARE:.2%}..{MAX_SHARE:.0%}, such as 2% or 0.02"
        )
    return value


def _weights_cache() -> Path:
    """This user's cache folder, where their system wants caches to be."""
    if sys.platform == "win32":
        root = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    else:
        root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return root / "inspector-models"


if __name__ == "__main__":
    sys.exit(main())

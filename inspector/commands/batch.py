"""`inspector batch`: judge a folder of pictures and keep every result."""

import argparse
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.command_line import Parser, place, print_json, print_line, whole_number
from inspector.commands.summary_lines import print_run_summary
from inspector.errors import InspectorError, UsageError

if TYPE_CHECKING:
    from tqdm import tqdm

    from inspector.results import Results

MAX_JOBS = 64


def add(commands: "argparse._SubParsersAction[Parser]") -> None:
    """Add the command to the program."""
    parser = commands.add_parser(
        "batch",
        help="judge a folder, file, glob, .txt list or video",
        description="Judge every picture of SOURCE. DIR gets records.db, records.csv, summary.json "
        "and report.html. Exit code 0: every part passed; 1: at least one FAIL; 2: at least one "
        "could not be judged; 3: wrong usage; 4: the run broke; 130: interrupted.",
    )
    parser.add_argument("source", metavar="SOURCE", help="folder, file, glob, .txt list or video")
    parser.add_argument("--bundle", required=True, type=Path, help="the model: a folder or a zip")
    parser.add_argument("--recipe", type=Path, metavar="FILE", help="limits of this product, TOML")
    parser.add_argument("--out", required=True, type=place, metavar="DIR", help="for the results")
    parser.add_argument(
        "--jobs",
        type=whole_number(1, MAX_JOBS),
        default=None,
        metavar="N",
        help="pictures judged at the same time; default: the processor's cores",
    )
    parser.add_argument("--resume", action="store_true", help="go on with the results in DIR")
    parser.add_argument(
        "--save-images",
        choices=("all", "fail", "none"),
        default="none",
        help="keep judged pictures in DIR/images; fail: those that did not pass; default: none",
    )
    parser.add_argument("--json", action="store_true", help="print the summary as one JSON object")
    parser.set_defaults(handler=_batch)


def judge_and_write(
    source: str,
    bundle: Path,
    out: Path,
    *,
    recipe: Path | None = None,
    jobs: int | None = None,
    resume: bool = False,
    save_images: str = "none",
) -> "Results":
    """Run a batch with a progress bar, and write its files."""
    if source == "":
        raise UsageError("SOURCE is empty; name a folder, a file, a glob, a .txt list or a video")
    from inspector.batch import BatchRequest, run_batch
    from inspector.clock import SystemClock
    from inspector.machine.processor import usable_cores
    from inspector.results import write_results

    clock = SystemClock()
    request = BatchRequest(
        source=source,
        bundle=bundle,
        out=out,
        jobs=jobs or min(usable_cores(), MAX_JOBS),
        recipe=recipe,
        resume=resume,
        save_images=save_images,  # type: ignore[arg-type]  # argparse has checked the choice
    )
    with _Bar() as bar, run_batch(request, clock, bar.start) as outcome:
        if outcome.failure is not None:
            with suppress(InspectorError):  # what it broke of is what counts
                write_results(request, outcome, clock)
            raise outcome.failure
        return write_results(request, outcome, clock)


def print_summary(results: "Results") -> None:
    """The run in a few lines, for people."""
    print_run_summary(results.summary)
    if results.summary.n_left != 0:
        from inspector.report.words import n_left_text

        print_line(f"interrupted: {n_left_text(results.summary.n_left)}; --resume goes on")
    if results.summary.left_out:
        from inspector.report.words import left_out_text

        print_line(f"not judged: {left_out_text(results.summary.left_out)}")
    print_line(f"report {results.report_path}")
    print_line(f"store  {results.store_path}")


def _batch(parsed: argparse.Namespace) -> int:
    results = judge_and_write(
        parsed.source,
        parsed.bundle,
        parsed.out,
        recipe=parsed.recipe,
        jobs=parsed.jobs,
        resume=parsed.resume,
        save_images=parsed.save_images,
    )
    if parsed.json:
        print_json(results.table)
    else:
        print_summary(results)
    return results.exit_code


class _Bar:
    """A progress bar on stderr, where that is a terminal."""

    def __init__(self) -> None:
        self._bar: tqdm | None = None

    def __enter__(self) -> "_Bar":
        return self

    def __exit__(self, *_exception: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def start(self, count: int | None) -> "_Bar":
        """See `inspector.batch.StartProgress`."""
        from tqdm import tqdm

        self._bar = tqdm(
            total=count, unit=" parts", disable=sys.stderr is None or not sys.stderr.isatty()
        )
        return self

    def stored(self, count: int) -> None:
        """See `inspector.batch.Progress.stored`."""
        if self._bar is not None:
            self._bar.update(count)

"""`inspector bench`: how fast is this bundle here, against other runtimes?"""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.command_line import Parser, print_json, print_line, whole_number
from inspector.machine.processor import usable_cores

if TYPE_CHECKING:
    from inspector.bench.comparison import Comparison

MAX_THREADS = 64
DEFAULT_THREADS = 2  # what a line PC can spare for one run beside cameras and window
DEFAULT_ROUNDS = 10  # with 16 pictures 160 runs: the p99 is not just the slowest


def add(commands: "argparse._SubParsersAction[Parser]") -> None:
    """Add the command to the program."""
    parser = commands.add_parser(
        "bench",
        help="measure a bundle's speed and memory, against other runtimes",
        description="Run the network on pictures of DIR with every runtime in turn, each in a "
        "process of its own. Times are of the run alone. Exit code 0; 1: a runtime gives other "
        "scores than the line's own; 2: a runtime could not be measured; 3: wrong usage; 4: the "
        "line's own failed; 130: interrupted.",
    )
    parser.add_argument("bundle", type=Path, metavar="BUNDLE", help="a folder or a zip")
    parser.add_argument("--images", required=True, metavar="DIR", help="pictures to run on")
    parser.add_argument(
        "--runtimes",
        type=_names,
        metavar="NAME,...",
        help="such as onnxruntime,onnxruntime-int8,openvino,tensorflow,tensorflow-predict,tflite; "
        "onnxruntime is always measured; default: all that can run here",
    )
    parser.add_argument(
        "--rounds",
        type=whole_number(1, 10_000),
        default=DEFAULT_ROUNDS,
        metavar="N",
        help=f"turns of every runtime; default: {DEFAULT_ROUNDS}",
    )
    parser.add_argument(
        "--threads",
        type=whole_number(1, MAX_THREADS),
        default=min(DEFAULT_THREADS, usable_cores()),
        metavar="N",
        help=f"threads inside one run; default: {DEFAULT_THREADS}, or 1 on a single core",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(handler=_bench)


def print_comparison(comparison: "Comparison") -> None:
    """The figures in a table, for people; what is not to be ranked is named below it."""
    print_line(
        f"{'runtime':20}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}{'rss MB':>9}{'size MB':>9}"
        f"{'times':>8}{'scores':>10}"
    )
    troubles = []
    for name, row in comparison.rows.items():
        if isinstance(row, str) or row.error is not None:
            reason = row if isinstance(row, str) else f"{name}: {row.error}"
            troubles.append(f"NOT COMPARED: {reason}")
            continue
        times, rss = row.times_ms, row.rss_bytes
        ratio = comparison.ratios.get(f"{name}/onnxruntime", 1.0)
        print_line(
            f"{name:20}{times.p50:9.2f}{times.p95:9.2f}{times.p99:9.2f}"
            f"{'-' if rss is None else format(rss / 1e6, '.0f'):>9}{row.size_bytes / 1e6:9.2f}"
            f"{ratio:8.2f}{row.score_max_relative:10.1e}"
        )
    for trouble in troubles:
        print_line(trouble)
    print_line(
        f"{comparison.n_images} pictures, {comparison.rounds} rounds, {comparison.threads} "
        f"threads, {comparison.cpu}"
    )
    print_line("times: how many times longer a run takes than onnxruntime's, median of the rounds")
    print_line("scores: largest difference from onnxruntime's, as a share of the largest")


def _bench(parsed: argparse.Namespace) -> int:
    from inspector.bench.comparison import BenchRequest, compare_runtimes
    from inspector.bench.runtime import offered
    from inspector.clock import SystemClock

    request = BenchRequest(
        bundle=parsed.bundle,
        images=parsed.images,
        runtimes=parsed.runtimes,
        offers=offered(),
        rounds=parsed.rounds,
        threads=parsed.threads,
    )
    comparison = compare_runtimes(request, SystemClock())
    if parsed.json:
        print_json(comparison.as_table())
    else:
        print_comparison(comparison)
    return comparison.exit_code


def _names(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(","))
    if "" in names:
        raise argparse.ArgumentTypeError(f"{text!r}: write names with commas between them")
    return names

"""A run's counts and times in a few lines, for people."""

from typing import TYPE_CHECKING

from inspector.command_line import print_line

if TYPE_CHECKING:
    from inspector.store.summary import Summary


def print_run_summary(summary: "Summary") -> None:
    """Counts, yield, speed, and the percentiles of each stage."""
    counts = {decision.value: count for decision, count in summary.decisions.items()}
    share = "" if summary.pass_share is None else f"   yield {summary.pass_share:.1%}"
    print_line(
        f"parts {summary.n_parts}   pass {counts['PASS']}   fail {counts['FAIL']}   "
        f"error {counts['ERROR']}{share}"
    )
    if summary.n_gone:
        print_line(
            f"gone  {summary.n_gone} judged earlier and not in the source any more: kept in the "
            "store, not counted"
        )
    if summary.images_per_s is not None:
        print_line(f"speed {summary.images_per_s:.1f} images/s")
    print_line(f"{'stage':12}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}")
    for stage, times in summary.stage_ms.items():
        print_line(f"{stage:12}{times.p50:9.2f}{times.p95:9.2f}{times.p99:9.2f}")

"""What a report says in words and figures: never more than is true."""

from collections.abc import Mapping

from inspector.flow import Decision
from inspector.store.summary import Summary


def overall_line(summary: Summary) -> str:
    """The run in one sentence."""
    n_parts, n_pass = summary.n_parts, summary.decisions[Decision.PASS]
    if summary.n_left != 0:
        return f"Interrupted after {n_parts:,} {'part' if n_parts == 1 else 'parts'}"
    if n_parts == 0:
        return "No parts were inspected"
    if n_pass == n_parts:
        return "The one part passed" if n_parts == 1 else f"All {n_parts:,} parts passed"
    if summary.decisions[Decision.ERROR] == n_parts:
        if n_parts == 1:
            return "The one part could not be judged"
        return f"None of {n_parts:,} parts could be judged"
    if n_parts == 1:
        return "The one part was rejected"
    return f"{n_parts - n_pass:,} of {n_parts:,} parts rejected"


def n_left_text(n_left: int | None) -> str:
    """What an interrupted batch did not come to: "3 pictures are not judged yet"."""
    if n_left is None:
        return "the rest of the video is not judged yet"
    return f"{n_left:,} {'picture is' if n_left == 1 else 'pictures are'} not judged yet"


def left_out_text(left_out: Mapping[str, int]) -> str:
    """What is not a picture: "3 files are not pictures (.txt 2, hidden 1)"."""
    count = sum(left_out.values())
    kinds = ", ".join(f"{kind} {number:,}" for kind, number in left_out.items())
    return (
        f"{count:,} {'file is not a picture' if count == 1 else 'files are not pictures'} ({kinds})"
    )


def share_text(n: int, n_parts: int) -> str:
    """A share in per cent with two digits; all and none are said only of all and none."""
    if n_parts == 0:
        return "-"
    hundredths = n * 10_000 // n_parts
    if n and not hundredths:
        return "< 0.01 %"
    return f"{hundredths // 100}.{hundredths % 100:02} %"


def score_texts(score: float, threshold: float) -> tuple[str, str]:
    """Both to four digits, or to as many more as it takes to tell them apart."""
    for digits in range(4, 18):
        texts = _digits(score, digits), _digits(threshold, digits)
        if texts[0] != texts[1]:
            return texts
    return _digits(score, 4), _digits(threshold, 4)


def _digits(value: float, digits: int) -> str:
    return f"{value:#.{digits}g}".rstrip(".")

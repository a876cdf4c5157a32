"""Numbers and times as they stand on the screen: units, grouped thousands, the plant's zone."""

from datetime import datetime

THIN_SPACE = "\u202f"  # narrow and no-break: 12 408 stays in one line
TIMES = "\u00d7"  # between two sides of a rectangle
FIGURE_SPACE = "\u2007"  # as wide as a figure
NOTHING = "\u2013"  # where there is no number


def count_text(count: int) -> str:
    """12 408."""
    return f"{count:,}".replace(",", THIN_SPACE)


def part_text(number: int | None) -> str:
    """# 12 408."""
    return NOTHING if number is None else f"#{THIN_SPACE}{count_text(number)}"


def share_text(share: float | None) -> str:
    """98.71 %, cut and not rounded: only a shift without a fail has 100 %."""
    if share is None:
        return NOTHING
    hundredths = int(share * 10_000 + 1e-9)
    return f"{hundredths // 100}.{hundredths % 100:02}{THIN_SPACE}%"


def score_text(score: float | None) -> str:
    """1.27, or with three figures where it is small."""
    if score is None:
        return NOTHING
    return f"{score:.2f}" if abs(score) >= 0.1 or score == 0 else f"{score:.3g}"


def time_ms_text(time_ms: float | None) -> str:
    """12.1; the unit stands beside it."""
    return NOTHING if time_ms is None else f"{time_ms:.1f}"


def rate_text(per_s: float) -> str:
    """1 798 for 29.97 parts per second: parts per minute."""
    return count_text(round(per_s * 60))


def clock_text(instant: datetime | None) -> str:
    """12:03:41 in the zone of this machine."""
    return NOTHING if instant is None else instant.astimezone().strftime("%H:%M:%S")

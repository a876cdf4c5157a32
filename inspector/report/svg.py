"""The marks that charts are made of, as SVG text; the page's style sheet gives the colours."""

from collections.abc import Sequence
from html import escape


def line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    """A straight line; `kind` is its class in the style sheet, as for all marks."""
    return f'<line x1="{x1:.2f}" y1="{y1:.2f}" x2="{x2:.2f}" y2="{y2:.2f}" class="{kind}"/>'


def rect(x: float, y: float, width: float, height: float, kind: str, tooltip: str) -> str:
    """A filled rectangle that says `tooltip` under the pointer."""
    return (
        f'<rect x="{x:.2f}" y="{y:.2f}" width="{width:.2f}" height="{height:.2f}" '
        f'class="{kind}"><title>{escape(tooltip)}</title></rect>'
    )


def text(x: float, y: float, words: str, anchor: str, kind: str) -> str:
    """Words; `anchor` is start, middle or end."""
    return (
        f'<text x="{x:.2f}" y="{y:.2f}" text-anchor="{anchor}" class="{kind}">'
        f"{escape(words)}</text>"
    )


def chart(
    title: str,
    width: float,
    height: float,
    drawn: Sequence[str],
    *,
    max_width_px: int | None = None,
) -> str:
    """The whole drawing.

    Args:
        max_width_px: How wide it gets at most on the page; None fills the page.
    """
    style = "" if max_width_px is None else f' style="max-width:{max_width_px}px;min-width:0"'
    return (
        f'<svg class="chart" role="img" viewBox="0 0 {width:g} {height:g}"{style}>'
        f"<title>{escape(title)}</title>{''.join(drawn)}</svg>"
    )

"""The frame of the report: its style sheet, its icons, and how foreign text is made harmless."""

import unicodedata
from base64 import b64encode
from collections.abc import Iterable, Sequence
from html import escape

from inspector.flow import Decision

# No script, nothing loaded: even a mistake in the escaping could run nothing and call nobody.
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"

# Blue-green, orange and purple stay apart for every kind of colour blindness, and each has a shape
# of its own: circle, octagon, triangle. Every text has a contrast of at least 4.5 on its ground.
_STYLE = """
:root { color-scheme: light dark;
  --ground: #f5f6f8; --card: #ffffff; --ink: #1b2430; --soft: #5a6675; --edge: #dfe3e8;
  --faint: #eceff3; --pass: #0a7570; --fail: #ac4b08; --error: #6c48ab; --time: #55789c; }
@media screen and (prefers-color-scheme: dark) { :root {
  --ground: #12161b; --card: #1b2129; --ink: #e6eaef; --soft: #9aa7b5; --edge: #2e3742;
  --faint: #262e38; --pass: #43bfb4; --fail: #f0984a; --error: #b79ceb; --time: #7ea3c9; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans CJK SC",
    "PingFang SC", "Microsoft YaHei", Arial, sans-serif;
  font-variant-numeric: tabular-nums; }
main { max-width: 1160px; margin: 0 auto; padding: 44px 28px 28px; }
h1 { font-size: 2.1rem; line-height: 1.2; font-weight: 650; letter-spacing: -.015em; margin: 0; }
h2 { font-size: 1.12rem; font-weight: 650; margin: 0 0 2px; }
p { margin: 0; }
.over { color: var(--soft); font-size: .8rem; font-weight: 600; letter-spacing: .09em;
  text-transform: uppercase; margin-bottom: 8px; }
.lead { color: var(--soft); margin-top: 10px; }
.soft { color: var(--soft); }
.foreign { overflow-wrap: anywhere; unicode-bidi: isolate; }
.code { font-family: ui-monospace, "SF Mono", Consolas, "Noto Sans Mono", monospace;
  font-size: .88em; }
.icon { width: 1.05em; height: 1.05em; vertical-align: -.16em; flex: none; }
.pass { color: var(--pass); } .fail { color: var(--fail); } .error { color: var(--error); }
.share { display: flex; gap: 3px; height: 10px; margin: 26px 0 18px; }
.share i { display: block; min-width: 5px; border-radius: 3px; background: currentColor; }
.tiles { display: grid; grid-template-columns: repeat(5, 1fr); gap: 14px; }
.tile, section { background: var(--card); border: 1px solid var(--edge); border-radius: 12px; }
.tile { padding: 14px 18px 12px; }
.tile b { display: block; white-space: nowrap; font-size: 1.75rem; line-height: 1.25;
  font-weight: 650; letter-spacing: -.01em; }
.tile .what { font-size: .88rem; font-weight: 650; display: flex; align-items: center; gap: 7px; }
.tile small { color: var(--soft); font-size: .82rem; }
section { margin-top: 18px; padding: 22px 24px 24px; }
section > p.soft { font-size: .92rem; margin-bottom: 14px; }
section > p.soft:last-child { margin-bottom: 0; }
section > table + p.soft:last-child { margin-top: 12px; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th, td { text-align: left; vertical-align: top; padding: 7px 16px 7px 0;
  border-top: 1px solid var(--edge); }
th { font-weight: 600; color: var(--soft); } thead th { border-top: 0; }
th:last-child, td:last-child { padding-right: 0; }
.number { text-align: right; white-space: nowrap; }
.total th, .total td { font-weight: 650; color: var(--ink); }
.keyed { margin-top: 8px; } .keyed th { width: 13rem; }
.wide { overflow-x: auto; } .chart { min-width: 600px; } .wide + table { margin-top: 14px; }
.gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 30rem), 1fr));
  gap: 16px; }
article { border: 1px solid var(--edge); border-radius: 10px; overflow: hidden; min-width: 0;
  display: flex; flex-direction: column; }
.pair { flex: 1; display: grid; grid-template-columns: 1fr 1fr; gap: 2px; background: var(--edge); }
.pair > * { margin: 0; background: var(--faint); min-height: 120px; display: flex;
  align-items: center; justify-content: center; }
.pair img { display: block; width: 100%; max-height: 300px; object-fit: contain; }
.pair span { color: var(--soft); font-size: .88rem; padding: 12px; text-align: center; }
.says { padding: 11px 14px 12px; font-size: .92rem; }
.says .name { font-weight: 600; }
.says .line { display: flex; flex-wrap: wrap; gap: 2px 14px; margin-top: 3px; }
.badge { font-weight: 650; white-space: nowrap; }
.scale { display: flex; align-items: center; flex-wrap: wrap; gap: 4px 10px; margin: 0 0 14px;
  color: var(--soft); font-size: .85rem; }
.scale i { width: 150px; height: 10px; border-radius: 3px; border: 1px solid var(--edge);
  background: linear-gradient(90deg, rgba(0,0,4,0), #57106e 25%, #bc3754 50%, #f98e09 75%,
    #fcffa4); }
.chart { display: block; width: 100%; height: auto; margin-top: 6px; }
.chart text { fill: currentColor; font-size: 14px; }
.chart .soft, .chart .tick { fill: var(--soft); }
.chart .tick { font-size: 13px; } .chart .name { font-weight: 550; }
.chart line { stroke: currentColor; } .chart .grid { stroke: var(--faint); }
.chart .axis { stroke: var(--soft); }
.chart .threshold { stroke-width: 2; stroke-dasharray: 6 4; }
.chart .pass { fill: var(--pass); } .chart .fail { fill: var(--fail); }
.chart .error { fill: var(--error); } .chart .time { fill: var(--time); }
.chart .whisker { stroke-width: 1.5; } .chart .mark { stroke: currentColor; stroke-width: 2.5; }
.chart .hollow { fill: var(--card); stroke-width: 2; }
footer { color: var(--soft); font-size: .85rem; margin-top: 20px; text-align: center; }
@media (max-width: 900px) { main { padding: 28px 16px; }
  .tiles { grid-template-columns: repeat(auto-fit, minmax(8.2rem, 1fr)); gap: 10px; }
  .tile { padding: 12px 14px 10px; } .tile b { font-size: 1.4rem; }
  section { padding: 18px 16px; } h1 { font-size: 1.7rem; } .keyed th { width: 9rem; } }
@media print { .chart { min-width: 0; } @page { margin: 14mm; }
  html { font-size: 12.5px; } body { background: none; -webkit-print-color-adjust: exact;
    print-color-adjust: exact; }
  main { padding: 0; max-width: none; }
  .tile, section, article, tr { break-inside: avoid; } h2 { break-after: avoid; }
  section:has(.gallery, .long) { break-inside: auto; }
  .tiles { grid-template-columns: repeat(5, 1fr); gap: 8px; }
  .gallery { grid-template-columns: 1fr 1fr; } }
"""

_SHAPES = {
    Decision.PASS: '<circle cx="8" cy="8" r="7.5" fill="currentColor"/>'
    '<path d="M4.4 8.3l2.5 2.5 4.8-5.2" {pen}/>',
    Decision.FAIL: '<path d="M5 .5h6L15.5 5v6L11 15.5H5L.5 11V5z" fill="currentColor"/>'
    '<path d="M5.2 5.2l5.6 5.6M10.8 5.2l-5.6 5.6" {pen}/>',
    Decision.ERROR: '<path d="M8 1.6L15 14.2H1z" fill="currentColor" stroke="currentColor" '
    'stroke-width="1.5" stroke-linejoin="round"/><path d="M8 6v3.8M8 12.2v.1" {pen}/>',
}
_PEN = 'fill="none" stroke="var(--card)" stroke-width="1.7" stroke-linecap="round"'


def icon(decision: Decision) -> str:
    """The shape that stands for a decision; it always goes with the word."""
    shape = _SHAPES[decision].format(pen=_PEN)
    return f'<svg class="icon" viewBox="0 0 16 16" aria-hidden="true">{shape}</svg>'


def badge(decision: Decision) -> str:
    """A decision as a word with its icon, in its colour."""
    return f'<span class="badge {decision.lower()}">{icon(decision)} {decision}</span>'


def shown(text: str) -> str:
    """Text from outside as HTML that shows it and does nothing.

    What cannot be seen (control codes, half characters of a foreign file name, marks that turn the
    direction of writing) is spelled out, so that two names that differ also look different.
    """
    return escape(
        "".join(
            character
            if character.isprintable() or unicodedata.category(character) == "Zs"
            else character.encode("unicode_escape").decode("ascii")
            for character in text
        )
    )


def foreign(text: str) -> str:
    """Text from outside in an element that breaks long words and keeps its direction to itself."""
    return f'<span class="foreign">{shown(text)}</span>'


def picture(jpeg: bytes | None, alt: str, otherwise: str) -> str:
    """A JPEG inside the page, or a few words in its place.

    Args:
        alt: What it shows; may be from outside.
    """
    if jpeg is None:
        return f"<div><span>{otherwise}</span></div>"
    data = b64encode(jpeg).decode("ascii")
    return f'<div><img src="data:image/jpeg;base64,{data}" alt="{shown(alt)}"></div>'


def card(name: str, shown_picture: bytes | None, overlay: bytes | None, *below: str) -> str:
    """A picture beside the same with its heat map, and what is to be said of it.

    Args:
        name: May be from outside.
        shown_picture, overlay: JPEGs; None where there is none.
        below: HTML.
    """
    return (
        "<article><div class=pair>"
        f"{picture(shown_picture, f'Picture of {name}', 'The picture could not be read again.')}"
        f"{picture(overlay, f'Heat map of {name}', 'There is no heat map.')}</div>"
        f"<div class=says><div class=name>{foreign(name)}</div>{''.join(below)}</div></article>\n"
    )


def table(head: Sequence[str], rows: Iterable[str], kind: str = "") -> str:
    """A table of rows that are HTML already."""
    columns = "".join(f"<th scope=col>{name}</th>" for name in head)
    above = f"<thead><tr>{columns}</tr></thead>" if head else ""
    return f'<table class="{kind}">{above}<tbody>{"".join(rows)}</tbody></table>'


def section(title: str, *content: str) -> str:
    """One card of the page."""
    return f"<section><h2>{title}</h2>{''.join(content)}</section>\n"


def page(title: str, content: Iterable[str]) -> Iterable[str]:
    """The whole document, piece by piece.

    Args:
        title: For the browser's tab; may be from outside.
        content: HTML of the body.
    """
    yield (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{shown(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body><main>\n"
    )
    yield from content
    yield "</main></body>\n</html>\n"

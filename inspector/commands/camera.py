"""`inspector camera`: which cameras are there, and what does one see?"""

import argparse
from pathlib import Path

from inspector.command_line import Parser, print_json, print_line
from inspector.errors import GrabTimeout, UsageError
from inspector.exit_codes import ExitCode

SNAP_TIMEOUT_S = 10.0  # a network camera takes some seconds to begin


def add(commands: "argparse._SubParsersAction[Parser]") -> None:
    """Add the command and its actions to the program."""
    parser = commands.add_parser("camera", help="list cameras, or take one picture")
    actions = parser.add_subparsers(metavar="ACTION", required=True, parser_class=Parser)
    text = "show every kind of source, and what of it is there now"
    listing = actions.add_parser("list", help=text, description=f"{text.capitalize()}.")
    listing.add_argument("--json", action="store_true", help="print one JSON object")
    listing.set_defaults(handler=_list)
    text = "take one picture and write it as PNG"
    snap = actions.add_parser("snap", help=text, description=f"{text.capitalize()}.")
    snap.add_argument("source", metavar="SOURCE", help="as in a station file: usb:0, rtsp://...")
    snap.add_argument("--out", required=True, type=Path, metavar="FILE", help="a .png")
    snap.set_defaults(handler=_snap)


def _list(parsed: argparse.Namespace) -> int:
    from inspector.capture.registry import ENTRY_POINT_GROUP, known_kinds

    kinds = {name: load() for name, load in known_kinds().items()}
    found = [one for kind in kinds.values() for one in kind.find()]
    if parsed.json:
        print_json(
            {
                "kinds": {n: {"usage": k.usage, "summary": k.summary} for n, k in kinds.items()},
                "found": [{"source": f.source, "description": f.description} for f in found],
            }
        )
        return ExitCode.DONE
    print_line("here now")
    for one in found:
        print_line(f"  {one.source:22}{one.description}")
    print_line("kinds of sources")
    for kind in kinds.values():
        print_line(f"  {kind.usage:22}{kind.summary}")
    print_line(f"A package that offers the entry point {ENTRY_POINT_GROUP!r} brings more.")
    return ExitCode.DONE


def _snap(parsed: argparse.Namespace) -> int:
    from inspector.capture.registry import make_source
    from inspector.clock import SystemClock
    from inspector.store.images import write_png

    if parsed.out.suffix.lower() != ".png":
        raise UsageError(f"--out {str(parsed.out)!r}: pictures are written as .png")
    source = make_source(parsed.source, {}, "snap", str(Path.cwd()), SystemClock())
    try:
        source.open()
        frame = source.grab(SNAP_TIMEOUT_S)
        description = source.info().description
    except GrabTimeout as error:
        raise UsageError(f"{error}; is it triggered, and its lens open?") from error
    finally:
        source.close()
    write_png(parsed.out, frame.pixels)
    height_px, width_px = frame.pixels.shape[:2]
    colour = "mono" if frame.pixels.ndim == 2 else "colour"
    print_line(f"{parsed.out}: {width_px} x {height_px} px, {colour}, from {description}")
    return ExitCode.DONE

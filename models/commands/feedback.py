"""`inspector-models train --add LIST --to BUNDLE`: what a line found is learnt too."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.command_line import place, print_line
from inspector.errors import UsageError
from inspector.exit_codes import ExitCode
from models.commands.interrupted import told_when_interrupted
from models.commands.written_bundle import bundle_place, print_written

if TYPE_CHECKING:
    from models.feedback import Difference

# What the bundle knows itself, so that nothing else is changed with the pictures.
_FROM_THE_BUNDLE = (
    "task", "name", "config", "seed", "size", "sample_bits", "overkill_at_most",
    "escape_at_most", "epochs",
)  # fmt: skip


def add_feedback(verb: argparse.ArgumentParser) -> None:
    """Add `--add`, `--to` and `--yes`."""
    verb.add_argument(
        "--add",
        type=Path,
        metavar="LIST",
        help="pictures to learn from as well: good parts that were rejected, defects that passed; "
        "--good-label is then that of LIST, and --data, once for each list that the bundle learnt "
        "from, where its own pictures are now",
    )
    verb.add_argument(
        "--to",
        type=place,
        metavar="BUNDLE",
        help="the bundle, with its source beside it; it is replaced, unless --out says otherwise",
    )
    verb.add_argument(
        "--yes",
        action="store_true",
        help="with --add: do not ask before the bundle is written; asked is at a terminal only",
    )


def add_to_bundle(parsed: argparse.Namespace) -> int:
    """Learn again with more pictures; show what changes before the bundle is written."""
    for given, other in (("add", "to"), ("to", "add")):
        if getattr(parsed, other) is None:
            raise UsageError(f"--{given} goes with --{other}: --add LIST --to BUNDLE")
    for option in _FROM_THE_BUNDLE:
        if getattr(parsed, option) is not None:
            raise UsageError(
                f"--{option.replace('_', '-')} is not changed by adding pictures: it is the "
                "bundle's own; leave it out, or train anew"
            )
    from models.backbones.weights import default_cache
    from models.dataset.reader import PictureList
    from models.feedback import FeedbackRequest, learn_more
    from models.training.progress import ProgressLines

    told: dict[str, object] = {}

    def tell(difference: "Difference") -> None:
        told["changes"] = difference.as_table()
        if not parsed.json:
            for line in difference.lines():
                print_line(line)
        _ask(is_asked=not parsed.yes and not parsed.json)

    request = FeedbackRequest(
        added=PictureList(path=parsed.add, good_label=parsed.good_label),
        bundle=bundle_place(parsed.to),
        out=bundle_place(parsed.out or parsed.to),
        data=tuple(parsed.data or ()),
        weights_cache=default_cache(),
        listener=ProgressLines(),
        tell=tell,
        accept_weak=parsed.accept_weak,
    )
    with told_when_interrupted():
        result = learn_more(request)
    parsed.out = parsed.out or parsed.to
    print_written(result.manifest, parsed, told)
    return ExitCode.DONE


def _ask(*, is_asked: bool) -> None:
    """Let a person at a terminal say whether they want it; a script said so by calling."""
    if not is_asked or sys.stdin is None or not sys.stdin.isatty():
        return
    sys.stderr.write("write the bundle? [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise UsageError("the bundle is not written, as you said; everything is as it was")

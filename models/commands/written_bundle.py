"""Where a verb writes a bundle, and what it says of it."""

import argparse
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.command_line import print_json, print_line

if TYPE_CHECKING:  # importing it for real takes a second, and `--help` needs none of it
    from inspector.bundle import Manifest


def bundle_place(out: Path) -> Path:
    """The folder for a bundle, absolute: beside it lies its source, and "." has no neighbours."""
    return Path(os.path.abspath(out))  # noqa: PTH100  (resolve() would follow a link)


def print_written(
    manifest: "Manifest",
    parsed: argparse.Namespace,
    more: Mapping[str, object] | None = None,
    more_lines: Iterable[str] = (),
) -> None:
    """As one JSON object or in a few lines.

    Args:
        parsed: With `out` and `json`.
        more: What else the object says.
        more_lines: And the lines.
    """
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
                **(more or {}),
            }
        )
        return
    print_line(f"bundle     {parsed.out} ({manifest.bundle_id[:12]})")
    print_line(f"threshold  {threshold.value:.6g}: {threshold.method}")
    print_rejection(manifest)
    print_line(
        f"proof      {manifest.validation['n_images']} unseen pictures, scores differ by "
        f"{manifest.validation['score_max_relative']:.1e} of their range, "
        f"{manifest.validation['n_flips']} decisions differ"
    )
    for line in more_lines:
        print_line(line)


def print_rejection(manifest: "Manifest") -> None:
    """What it rejects and passes, and why it was wanted all the same where it should not judge."""
    from models.measures.painted_escape import cells_in, lines
    from models.measures.rejection import rejection_in

    rejection = rejection_in(manifest)
    if rejection is None:
        print_line("escape     not known: none of the classes means free of defects")
        return
    cells = cells_in(manifest.validation)
    for line in (*rejection.lines(), *lines(cells, manifest.input.piece)):
        print_line(line)
    accepted = manifest.validation.get("accepted_although")
    if isinstance(accepted, dict):
        print_line(f"WEAK       {accepted['shortcoming']}; accepted: {accepted['reason']}")

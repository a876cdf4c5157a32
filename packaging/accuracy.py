"""Trains on real pictures with the defaults, measures on their test split, and writes a page of it.

    .venv/bin/python packaging/accuracy.py DATA

DATA is a folder of folders, each with lists such as `good-only.csv`. Every list is measured in a
process of its own, and its figures are kept under build/accuracy/ as long as code, pictures and
processor are the same: a run that was cut off goes on with the next list.
"""

import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inspector.machine.processor import processor_name

if TYPE_CHECKING:
    from inspector.machine.choices import ModelKind

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "build" / "accuracy"
PAGE = ROOT / "docs" / "accuracy.md"
CODE = ("models", "inspector", "packaging/accuracy.py")
LIMIT_S = 600  # for one list
HEAD = """# What the defaults reach on real pictures

`make accuracy` trains on each list with `train --task anomaly` and nothing else, and judges its
test split with the line's own code. Nothing here was tuned for a list; that of another product will
differ.

- *AUROC*: chance that a defect scores higher than a good part, of pictures and of pixels; *AUPRO*:
  the mean share of a defect's area that is found, up to 30 % of false alarms.
- *Escape* and *overkill*: defects that pass, good parts that are rejected, at the bundle's own
  threshold, which was chosen before a defect was seen. *Best*: both at the threshold that would
  have been best, which nobody can know beforehand. *Given away*: how much their mean is higher.
- *p50*: from a decoded picture to its verdict, two threads, on {processor}.
- *Training*: all of `train` on two cores, minutes and seconds.
- *INT8*: what `quantize` makes of the same bundle, where it keeps it.

"""
COLUMNS = (
    "list", "pictures", "AUROC", "of pixels", "AUPRO", "escape", "overkill", "best", "given away",
    "p50 ms", "training",
)  # fmt: skip


def main() -> None:
    """Measure what is missing, or, called with a list as well, that list alone."""
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: packaging/accuracy.py DATA")
    data = Path(sys.argv[1])
    if len(sys.argv) == 3:
        _measure(data, Path(sys.argv[2]))
        return
    lists = sorted(data.glob("*/good-only*.csv"))
    if not lists:
        sys.exit(f"{data}: no folder in it holds a list good-only.csv")
    found = [_figures_of(data, listed) for listed in lists]
    table = [COLUMNS, ("---",) * len(COLUMNS), *(row for kept in found for row in _rows(kept))]
    lines = [f"| {' | '.join(cells)} |\n" for cells in table]
    text = HEAD.format(processor=processor_name()) + "".join(lines)
    PAGE.write_text(text, encoding="utf-8")
    sys.stdout.write(PAGE.read_text(encoding="utf-8"))


def _figures_of(data: Path, listed: Path) -> dict[str, Any]:
    """As they were kept, or measured now."""
    kept, depends_on = _kept_at(data, listed), _depended_on(listed)
    if kept.exists():
        figures: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8"))
        if figures.get("depends_on") == depends_on:
            return figures
    sys.stdout.write(f"measuring {listed.relative_to(data)}\n")
    sys.stdout.flush()
    command = [sys.executable, __file__, str(data), str(listed)]
    subprocess.run(command, check=True, timeout=LIMIT_S)  # noqa: S603  (this file)
    figures = json.loads(kept.read_text(encoding="utf-8")) | {"depends_on": depends_on}
    kept.write_text(json.dumps(figures, indent=1), encoding="utf-8")
    return figures


def _measure(data: Path, listed: Path) -> None:
    from inspector.logs import configure_logging
    from models.backbones.weights import default_cache
    from models.quantize import quantize
    from models.train import TrainingRequest, train
    from models.training.config import TrainingConfig
    from models.training.progress import ProgressLines

    configure_logging(verbose=False)
    kept = _kept_at(data, listed)
    kept.parent.mkdir(parents=True, exist_ok=True)
    out = kept.with_suffix(".bundle")
    start_s = time.monotonic()
    train(
        TrainingRequest(
            data=listed,
            out=out,
            name=out.stem,
            config=TrainingConfig(task="anomaly"),
            weights_cache=default_cache(),
            listener=ProgressLines(),
        )
    )
    training_s = time.monotonic() - start_s
    twin = kept.with_suffix(".int8.bundle")
    quantized = quantize(out, listed, twin)
    figures = [_judged(out, listed, "float") | {"training_s": training_s}]
    if not quantized.proof.shortcomings():
        figures.append(_judged(twin, listed, "int8"))
    name = listed.relative_to(data).with_suffix("").as_posix()
    kept.write_text(json.dumps({"list": name, "models": figures}), encoding="utf-8")


def _judged(bundle: Path, listed: Path, model: "ModelKind") -> dict[str, Any]:
    from models.evaluate import evaluate
    from models.measures.metrics import best_rates

    evaluation = evaluate(bundle, listed, "test", model)
    is_defect = [not one.sample.is_good for one in evaluation.judged]
    return {
        "model": model,
        **evaluation.as_table(),
        "best_rates": best_rates([one.score for one in evaluation.judged], is_defect),
    }


def _rows(kept: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    for figures in kept["models"]:
        escape, overkill = figures["escape_rate"], figures["overkill_rate"]
        best, training_s = figures["best_rates"], figures.get("training_s")
        is_float = figures["model"] == "float"
        yield (
            kept["list"] if is_float else "the same, INT8",
            f"{figures['n_good']} good, {figures['n_defect']} defective",
            *(_share(figures[name]) for name in ("image_auroc", "pixel_auroc", "aupro")),
            _share(escape),
            _share(overkill),
            " and ".join(map(_share, best)),
            _share((escape + overkill - sum(best)) / 2),
            f"{figures['latency_ms']['p50']:.1f}",
            "{:.0f}:{:02.0f}".format(*divmod(round(training_s), 60)) if training_s else "",
        )


def _share(value: float | None) -> str:
    return "none" if value is None else f"{value:.3f}"


def _kept_at(data: Path, listed: Path) -> Path:
    name = "-".join(listed.relative_to(data).with_suffix("").parts)
    return KEPT / f"{name}.json"


def _depended_on(listed: Path) -> str:
    """A hash of everything that the figures may depend on."""
    from models.dataset.hashes import data_sha256
    from models.dataset.reader import load_samples

    found = hashlib.sha256(data_sha256(load_samples(listed, None)).encode())
    found.update(processor_name().encode())
    for place in CODE:
        paths = [ROOT / place] if place.endswith(".py") else sorted((ROOT / place).rglob("*.py"))
        if not paths:
            sys.exit(f"{place}: no code is there; correct CODE in {__file__}")
        for path in paths:
            found.update(path.read_bytes())
    return found.hexdigest()


if __name__ == "__main__":
    main()

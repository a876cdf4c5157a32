"""Trains on real pictures with the defaults, measures on their test split, and writes a page of it.

    .venv/bin/python packaging/accuracy.py DATA

DATA is a folder of folders, each with lists such as `good-only.csv`. Every training is measured in
a process of its own, and its figures are kept under build/accuracy/ as long as code, pictures and
processor are the same: a run that was cut off goes on with the next one.
"""

import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inspector.machine.processor import processor_name

if TYPE_CHECKING:
    from inspector.machine.choices import ModelKind

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "build" / "accuracy"
PAGE = ROOT / "docs" / "accuracy.md"
CODE = ("models", "inspector", "packaging/accuracy.py")
LIMIT_S = 1800  # for one training
HEAD = """# What the defaults reach on real pictures

`make accuracy` trains on each list with `train` and nothing else, and judges its test split with
the line's own code. Nothing here was tuned for a list; that of another product will differ.

- *AUROC*: chance that a defect scores higher than a good part, of pictures and of pixels; *AUPRO*:
  the mean share of a defect's area that is found, up to 30 % of false alarms; *mIoU*: overlap of
  what is outlined and what should be, the mean over defects and background.
- *Escape* and *overkill*: defects that pass, good parts that are rejected, at the bundle's own
  threshold. *Best*: both at the threshold that would have been best, which nobody can know
  beforehand. *Given away*: how much their mean is higher.
- *p50*: from a decoded picture to its verdict, two threads, on {processor}.
- *Training*: all of `train` on two cores, minutes and seconds.
- *INT8*: what `quantize` makes of the same bundle, where it keeps it.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """Lists that are trained on alike.

    Attributes:
        lists: Pattern of their names.
        text: Stands over the table.
        columns: Heading and content of each column, from one bundle's figures.
    """

    lists: str
    task: str
    seeds: tuple[int, ...]
    text: str
    columns: Mapping[str, Callable[[Mapping[str, Any]], str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One training."""

    chapter: Chapter
    listed: Path
    seed: int

    def kept_at(self, data: Path) -> Path:
        """Where its figures are kept."""
        parts = self.listed.relative_to(data).with_suffix("").parts
        return KEPT / f"{'-'.join((*parts, self.chapter.task, str(self.seed)))}.json"


def main() -> None:
    """Measure what is missing, or, called with a list, a task and a seed as well, that alone."""
    if len(sys.argv) not in (2, 5):
        sys.exit("usage: packaging/accuracy.py DATA")
    data = Path(sys.argv[1])
    runs = list(_runs(data))
    if len(sys.argv) == 5:
        listed, task, seed = Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
        wanted = (listed, task, seed)
        _measure(data, next(r for r in runs if (r.listed, r.chapter.task, r.seed) == wanted))
        return
    if not runs:
        sys.exit(f"{data}: no folder in it holds a list such as good-only.csv")
    found = [(run, _figures_of(data, run)) for run in runs]
    page = [HEAD.format(processor=processor_name())]
    for chapter in CHAPTERS:
        rows = [row for run, kept in found if run.chapter is chapter for row in kept["models"]]
        if rows:
            page.append(f"\n{chapter.text}\n\n{''.join(_table(chapter, rows))}")
    PAGE.write_text("".join(page), encoding="utf-8")
    sys.stdout.write(PAGE.read_text(encoding="utf-8"))


def _runs(data: Path) -> Iterator[Run]:
    for chapter in CHAPTERS:
        for listed in sorted(data.glob(f"*/{chapter.lists}")):
            for seed in chapter.seeds:
                yield Run(chapter=chapter, listed=listed, seed=seed)


def _figures_of(data: Path, run: Run) -> dict[str, Any]:
    """As they were kept, or measured now."""
    kept, depends_on = run.kept_at(data), _depended_on(run.listed)
    if kept.exists():
        figures: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8"))
        if figures.get("depends_on") == depends_on:
            return figures
    sys.stdout.write(f"measuring {run.listed.relative_to(data)}, {run.chapter.task}, {run.seed}\n")
    sys.stdout.flush()
    named = (str(run.listed), run.chapter.task, str(run.seed))
    command = [sys.executable, __file__, str(data), *named]
    subprocess.run(command, check=True, timeout=LIMIT_S)  # noqa: S603  (this file)
    figures = json.loads(kept.read_text(encoding="utf-8")) | {"depends_on": depends_on}
    kept.write_text(json.dumps(figures, indent=1), encoding="utf-8")
    return figures


def _measure(data: Path, run: Run) -> None:
    from inspector.logs import configure_logging
    from models.backbones.weights import default_cache
    from models.dataset.reader import PictureList
    from models.quantize import quantize
    from models.train import TrainingRequest, train
    from models.training.config import TrainingConfig
    from models.training.progress import ProgressLines

    configure_logging(verbose=False)
    kept = run.kept_at(data)
    kept.parent.mkdir(parents=True, exist_ok=True)
    out = kept.with_suffix(".bundle")
    start_s = time.monotonic()
    manifest = train(
        TrainingRequest(
            lists=(PictureList(path=run.listed),),
            out=out,
            name=out.stem,
            config=TrainingConfig(task=run.chapter.task, seed=run.seed),
            weights_cache=default_cache(),
            listener=ProgressLines(),
        )
    ).manifest
    name = run.listed.relative_to(data).with_suffix("").as_posix()
    said = {
        "list": name if len(run.chapter.seeds) == 1 else f"{name}, seed {run.seed}",
        "training_s": time.monotonic() - start_s,
        "input": f"{manifest.input.width_px} x {manifest.input.height_px}",
    }
    figures = [_judged(out, run.listed, "float") | said]
    if run.seed == run.chapter.seeds[0]:
        twin = kept.with_suffix(".int8.bundle")
        if not quantize(out, run.listed, twin).proof.shortcomings():
            figures.append(_judged(twin, run.listed, "int8") | {"list": "the same, INT8"})
    kept.write_text(json.dumps({"models": figures}), encoding="utf-8")


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


def _table(chapter: Chapter, rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for cells in (
        tuple(chapter.columns),
        ("---",) * len(chapter.columns),
        *(tuple(told(row) for told in chapter.columns.values()) for row in rows),
    ):
        yield f"| {' | '.join(cells)} |\n"


def _share(name: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda row: "none" if row[name] is None else f"{row[name]:.3f}"


def _pictures(row: Mapping[str, Any]) -> str:
    return f"{row['n_good']} good, {row['n_defect']} defective"


def _best(row: Mapping[str, Any]) -> str:
    return " and ".join(f"{share:.3f}" for share in row["best_rates"])


def _given_away(row: Mapping[str, Any]) -> str:
    wrong = row["escape_rate"] + row["overkill_rate"]
    return f"{(wrong - sum(row['best_rates'])) / 2:.3f}"


def _training(row: Mapping[str, Any]) -> str:
    if "training_s" not in row:
        return ""
    return "{:.0f}:{:02.0f}".format(*divmod(round(row["training_s"]), 60))


LIST: Mapping[str, Callable[[Mapping[str, Any]], str]] = {"list": lambda row: row["list"]}
TIMES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "p50 ms": lambda row: f"{row['latency_ms']['p50']:.1f}",
    "training": _training,
}
RATES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "escape": _share("escape_rate"),
    "overkill": _share("overkill_rate"),
    "best": _best,
    "given away": _given_away,
}
MARKED: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    **LIST,
    "pictures": _pictures,
    "input px": lambda row: row.get("input", ""),
    "AUROC": _share("image_auroc"),
    "of pixels": _share("pixel_auroc"),
    "AUPRO": _share("aupro"),
    "mIoU": _share("miou"),
    **RATES,
    **TIMES,
}
CHAPTERS = (
    Chapter(
        lists="good-only*.csv",
        task="anomaly",
        seeds=(0,),
        text="## Good parts alone, `--task anomaly`\n\nThe threshold was chosen before a defect "
        "was seen.",
        columns={
            **LIST,
            "pictures": _pictures,
            "AUROC": _share("image_auroc"),
            "of pixels": _share("pixel_auroc"),
            "AUPRO": _share("aupro"),
            **RATES,
            **TIMES,
        },
    ),
    Chapter(
        lists="supervised*.csv",
        task="anomaly",
        seeds=(0, 1, 2),
        text="## Good parts and marked defects, `--task anomaly`\n\nThe same list, three seeds: "
        "what chance does to a training.",
        columns=MARKED,
    ),
    Chapter(
        lists="supervised*.csv",
        task="segment",
        seeds=(0,),
        text="## The same with the kinds told apart, `--task segment`\n\n*Named right*: pictures, "
        "good ones among them, that are called what they are.",
        columns={**MARKED, "named right": _share("accuracy")},
    ),
    Chapter(
        lists="classify*.csv",
        task="classify",
        seeds=(0, 1, 2),
        text="## Classes, `--task classify`",
        columns={
            **LIST,
            "pictures": lambda row: str(row["n_images"]),
            "accuracy": _share("accuracy"),
            "macro F1": _share("macro_f1"),
            **TIMES,
        },
    ),
)


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

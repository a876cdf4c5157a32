"""Teaches the bundle that ships with the product, on good parts that the product draws itself.

    .venv/bin/python packaging/demo_bundle.py

Run it when the renderer, the preprocessing or the task changes; the result is committed.
"""

import csv
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from inspector.assembly import shipped_bundle
from inspector.capture.synthetic.render import render_part
from inspector.demo import FIRST_SEED
from inspector.logs import configure_logging
from inspector.store.images import write_png
from models.dataset.reader import PictureList
from models.train import TrainingRequest, train
from models.training.config import TrainingConfig
from models.training.progress import ProgressLines

N_PARTS = 1000
CONFIG = TrainingConfig(
    task="anomaly",
    height_px=256,
    width_px=256,
    overkill_at_most=0.002,  # a demo with false alarms teaches nobody
    hyperparameters={"bank_size": 500},  # 3 MB, to be carried about
)


def main() -> None:
    """Draw, teach, and put the bundle in its place."""
    configure_logging(verbose=False)
    with TemporaryDirectory(prefix="demo-bundle-") as name:
        folder = Path(name)
        rows = []
        for seed in range(N_PARTS):
            image = f"{seed:04d}.png"
            write_png(folder / image, render_part(seed=seed).pixels)
            rows.append((image, "good", "", "train"))
        data = folder / "parts.csv"
        with data.open("w", newline="") as file:
            csv.writer(file).writerows([("image", "label", "mask", "split"), *rows])
        trained = folder / "demo_part.bundle"
        manifest = train(
            TrainingRequest(
                lists=(PictureList(path=data),),
                out=trained,
                name="demo part",
                config=CONFIG,
                weights_cache=folder / "weights",
                listener=ProgressLines(),
            )
        ).manifest
        shutil.rmtree(shipped_bundle(), ignore_errors=True)
        shutil.copytree(trained, shipped_bundle())
    sys.stdout.write(f"{shipped_bundle()}: {manifest.bundle_id[:12]}\n")
    if N_PARTS > FIRST_SEED:
        raise ValueError("the demo's parts must not be among those that were trained")


if __name__ == "__main__":
    main()

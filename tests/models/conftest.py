"""One small bundle, trained once, for all tests of the workshop."""

import csv
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from inspector.bundle import Manifest, int8_proof
from inspector.capture.synthetic.render import Defect, render_part
from inspector.store.images import write_png
from models import quantize as quantising
from models.comparing.validation import Validation
from models.dataset.reader import PictureList
from models.import_model import ImportRequest
from models.publishing.source import source_folder
from models.quantize import Quantized
from models.train import TrainingRequest, train
from models.training.config import TrainingConfig
from models.training.progress import EpochReport
from models.validate import validate
from tests.support.foreign_models import Exports, export_all, request_for_import
from tests.support.foreign_models import draw_list as draw_foreign_list

SIZE_PX = (96, 128)
N_TRAIN, N_TEST = 40, 6
N_FOUND_GOOD, N_FOUND_DEFECTS = 4, 3
CONFIG = TrainingConfig(
    task="anomaly", height_px=96, width_px=96, hyperparameters={"bank_size": 100}
)


class Ears:
    """Keeps what a training tells."""

    def __init__(self) -> None:
        self.reports: list[EpochReport] = []

    def epoch_done(self, report: EpochReport) -> None:
        self.reports.append(report)


@dataclass(frozen=True)
class TrainedBundle:
    """The bundle, the list it was trained from, and where the backbone's weights are kept."""

    bundle: Path
    data: Path
    manifest: Manifest
    weights_cache: Path


def draw_list(folder: Path) -> Path:
    """A list of drawn parts: good ones to train on; good ones and dents, with masks, to test on."""
    folder.mkdir()
    rows = [("image", "label", "mask", "split")]
    for seed in range(N_TRAIN + N_TEST):
        name = f"good-{seed:03d}.png"
        write_png(folder / name, render_part(seed=seed, size_px=SIZE_PX).pixels)
        rows.append((name, "good", "", "train" if seed < N_TRAIN else "test"))
    for seed in range(100, 100 + N_TEST):
        part = render_part(seed=seed, defect=Defect.MISSING_HOLE, size_px=SIZE_PX)
        write_png(folder / f"bad-{seed}.png", part.pixels)
        write_png(folder / f"mask-{seed}.png", part.mask)
        rows.append((f"bad-{seed}.png", "missing_hole", f"mask-{seed}.png", "test"))
    with (folder / "parts.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    return folder / "parts.csv"


def request_for(data: Path, out: Path, weights_cache: Path, seed: int = 0) -> TrainingRequest:
    return TrainingRequest(
        lists=(PictureList(path=data),),
        out=out,
        name="drawn part",
        config=replace(CONFIG, seed=seed),
        weights_cache=weights_cache,
        listener=Ears(),
    )


@pytest.fixture
def bundle(trained: TrainedBundle, tmp_path: Path) -> Path:
    """A copy of the small bundle to work on, with its source."""
    copy = tmp_path / "part.bundle"
    shutil.copytree(trained.bundle, copy)
    shutil.copytree(source_folder(trained.bundle), source_folder(copy))
    return copy


@pytest.fixture
def found(tmp_path: Path) -> Path:
    """What the line found: good parts and missing holes that nobody has listed yet."""
    folder = tmp_path / "found"
    folder.mkdir()
    rows = [("image", "label", "mask", "split")]
    for seed in range(700, 700 + N_FOUND_GOOD + N_FOUND_DEFECTS):
        is_good = seed < 700 + N_FOUND_GOOD
        defect = None if is_good else Defect.MISSING_HOLE
        part = render_part(seed=seed, defect=defect, size_px=SIZE_PX)
        write_png(folder / f"{seed}.png", part.pixels)
        rows.append((f"{seed}.png", "good" if is_good else "missing_hole", "", "train"))
    with (folder / "found.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    return folder / "found.csv"


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> TrainedBundle:
    root = tmp_path_factory.mktemp("trained")
    data, bundle, cache = draw_list(root / "data"), root / "part.bundle", root / "weights"
    manifest = train(request_for(data, bundle, cache)).manifest
    return TrainedBundle(bundle=bundle, data=data, manifest=manifest, weights_cache=cache)


@contextmanager
def low_int8_limits() -> Iterator[None]:
    """A gate for INT8 that so small a bundle passes on every machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(int8_proof, "MIN_SPEED_RATIO", 0.0)
        patch.setattr(int8_proof, "MAX_SIZE_SHARE", 0.4)  # a small memory saves little
        patch.setattr(int8_proof, "MAX_LOSS", 0.05)  # of 20 pictures, a pair is a point
        yield


@pytest.fixture(scope="session")
def twin(
    trained: TrainedBundle, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Quantized]:
    """The bundle with its INT8 model. To open it, lower the limits as here."""
    out = tmp_path_factory.mktemp("int8") / "twin.bundle"
    with low_int8_limits(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(quantising, "CALIBRATIONS", ("minmax",))
        return out, quantising.quantize(trained.bundle, trained.data, out)


@pytest.fixture(scope="session")
def validation(trained: TrainedBundle, twin: tuple[Path, Quantized]) -> Validation:
    """Of the bundle with both models."""
    with low_int8_limits():
        return validate(twin[0], trained.data, trained.weights_cache)


@pytest.fixture(scope="session")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pictures that the models of other makers can judge."""
    return draw_foreign_list(tmp_path_factory.mktemp("foreign") / "data")


@pytest.fixture(scope="session")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Exports:
    return export_all(tmp_path_factory.mktemp("exports"))


@pytest.fixture
def request_of(parts: Path, tmp_path: Path) -> Callable[..., ImportRequest]:
    """Asks for an import into the test's own folder."""

    def make(model: Path, **said: Any) -> ImportRequest:
        return request_for_import(parts, model, tmp_path / "imported.bundle", **said)

    return make

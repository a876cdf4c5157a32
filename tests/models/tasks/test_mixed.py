"""What the tasks with marked defects share: which pictures serve for what, and what is doubted."""

import csv
from pathlib import Path

import numpy as np
import pytest

from inspector.assembly import build_inspection
from inspector.bundle import open_bundle
from inspector.clock import SystemClock
from inspector.flow import Decision, Frame, Verdict
from inspector.pipeline.inspected import Inspected
from inspector.recipe import DEFAULT_RECIPE, Recipe
from inspector.store.images import write_png
from models.comparing.sizes import size_times
from models.dataset.reader import PictureList
from models.dataset.sample import Sample
from models.dataset.splits import fold_places
from models.marked import fitting, sizes
from models.marked.learning import N_FOLDS
from models.tasks.mixed import _doubts, _foldable, divided
from models.train import TrainingRequest, train
from models.training.config import TrainingConfig
from models.validate import validate
from tests.models.conftest import Ears, TrainedBundle
from tests.support.fakes import frame


def sample(number: int, label: str = "good", split: str = "train", part: str = "") -> Sample:
    name = f"{label}-{number}.png"
    return Sample(
        name=name, image=Path(name), label=label, masks=(), split=split, part=part or name
    )


def lot(n_parts: int) -> tuple[Sample, ...]:
    """A good picture and a defect of each part."""
    return tuple(
        sample(number, label, part=f"part {number % n_parts}")
        for number in range(24)
        for label in ("good", "dent")
    )


def test_proof_has_good_ones_and_defects_and_nothing_else_is_kept_from_learning() -> None:
    samples = [*lot(24), sample(0, "dent", "val"), sample(1, split="val")]
    division = divided(samples, seed=0)
    assert {one.is_good for one in division.proof} == {True, False}
    assert len(division.proof) == 4
    assert [one.split for one in division.held_out] == ["val", "val"]
    assert {*division.fit, *division.held_out, *division.proof} == set(samples)


@pytest.mark.parametrize(("n_parts", "is_torn"), [(24, False), (3, False), (2, True), (1, True)])
def test_parts_are_torn_only_where_there_are_too_few(n_parts: int, is_torn: bool) -> None:
    samples, doubts = _foldable(lot(n_parts), 0, [True] * 48)
    assert len({one.part for one in samples}) == (48 if is_torn else n_parts)
    assert bool(doubts) is is_torn
    assert [one.name for one in samples] == [one.name for one in lot(n_parts)]


def test_defects_of_one_part_alone_do_not_leave_a_fold_without_any() -> None:
    samples, doubts = _foldable(
        (
            *(sample(number) for number in range(20)),
            *(sample(number, "dent", part="the only one") for number in range(8)),
        ),
        0,
        [True] * 28,
    )
    assert len({one.part for one in samples}) == 28
    assert "list more parts" in doubts[0]


def test_defects_that_teach_nothing_do_not_fill_a_fold_alone() -> None:
    outlined = [sample(number, "dent", part="one") for number in range(6)]
    others = [sample(number, "dent", part=f"other {number}") for number in range(6, 20)]
    good = [sample(number) for number in range(20)]
    teaching = [True] * 26 + [False] * 14
    samples, doubts = _foldable((*good, *outlined, *others), 0, teaching)
    assert "list more parts" in doubts[0]
    for fold in fold_places(samples, 0, N_FOLDS):
        assert sum(not samples[place].is_good and teaching[place] for place in fold) == 2


def test_few_defects_are_all_learnt_from() -> None:
    samples = [*(sample(number) for number in range(40)), *(sample(n, "dent") for n in range(19))]
    division = divided(samples, seed=0)
    assert len(division.proof) == 2
    assert all(one.is_good for one in division.proof)


def test_rare_kinds_do_not_all_come_into_one_fold() -> None:
    kinds = [sample(0, f"kind {number}") for number in range(6)]
    samples, doubts = _foldable((*(sample(number) for number in range(20)), *kinds), 0, [True] * 26)
    assert doubts == ()
    for fold in fold_places(samples, 0, N_FOLDS):
        assert sum(not samples[place].is_good for place in fold) == 2


def test_good_pictures_that_look_defective_are_named_the_surest_first() -> None:
    judged = [sample(0), sample(1), sample(2), sample(3, "dent")]
    (doubt,) = _doubts(judged, np.array([0.96, 0.2, 0.99, 1.0], np.float32))
    assert "look defective: 2" in doubt
    assert doubt.index("good-2.png") < doubt.index("good-0.png")
    assert _doubts(judged, np.zeros(4, np.float32)) == ()


PLATE_PX = (256, 192)
SPOT_PX = 10
TILE_PX = 128
SCALE = 0.8  # at which a spot is 8 px across


def plate(rng: np.random.Generator, spot_at: tuple[int, int] | None = None) -> np.ndarray:
    """A large striped part, with a dark spot or without."""
    stripes = 120 + 60 * np.sin(np.arange(PLATE_PX[1]) / 3)[None, :]
    pixels = (stripes + rng.normal(0, 4, PLATE_PX)).clip(0, 255).astype(np.uint8)
    if spot_at is not None:
        top, left = spot_at
        pixels[top : top + SPOT_PX, left : left + SPOT_PX] = 0
    return pixels


def draw_plates(folder: Path, n_good: int, n_defective: int) -> Path:
    rng = np.random.default_rng(5)
    rows = [("image", "label", "mask", "split")]
    for place in range(n_good + n_defective):
        image, mask = f"{place}.png", ""
        spot_at = None
        if place >= n_good:
            top, left = rng.integers(0, np.array(PLATE_PX) - SPOT_PX).tolist()
            spot_at, mask = (top, left), f"{place}-mask.png"
            marked = np.zeros(PLATE_PX, np.uint8)
            marked[top : top + SPOT_PX, left : left + SPOT_PX] = 255
            write_png(folder / mask, marked)
        write_png(folder / image, plate(rng, spot_at))
        rows.append((image, "spot" if mask else "good", mask, "train"))
    with (folder / "plates.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    return folder / "plates.csv"


@pytest.fixture(scope="module")
def of_tiles(trained: TrainedBundle, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A bundle that judges large plates with small spots, and its list."""
    root = tmp_path_factory.mktemp("plates")
    data = draw_plates(root, n_good=20, n_defective=16)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fitting, "MIN_BATCHES", 12)
        patch.setattr(sizes, "STANDARD_AREA_PX", TILE_PX**2)
        patch.setattr(sizes, "LARGEST_AREA_PX", TILE_PX**2)
        train(
            TrainingRequest(
                lists=(PictureList(path=data),),
                out=root / "plates.bundle",
                name="plates",
                config=TrainingConfig(task="segment", epochs=4, hyperparameters={"bank_size": 100}),
                weights_cache=trained.weights_cache,
                listener=Ears(),
            )
        )
    return root / "plates.bundle", data


def test_small_defects_on_large_pictures_are_learnt_in_tiles(of_tiles: tuple[Path, Path]) -> None:
    manifest = open_bundle(of_tiles[0]).manifest
    spec = manifest.input
    assert (spec.resize, spec.height_px, spec.width_px) == ("tile", TILE_PX, TILE_PX)
    assert spec.scale == SCALE
    # Every number is of pictures, of which each has six tiles.
    assert (manifest.data["n_fit"], manifest.data["n_proof"]) == (34, 2)
    assert manifest.threshold.n_images == 34
    assert manifest.validation["n_images"] == 2


@pytest.mark.parametrize(
    "spot_at",
    [
        (40, 40),
        (int(64 / SCALE) - 5, 60),  # across the upper border of a tile
        (100, int(128 / SCALE) - 5),  # across the right border of one
        (225, 160),  # in the last tile alone
    ],
)
def test_defect_on_the_border_of_a_tile_is_one_region(
    of_tiles: tuple[Path, Path], spot_at: tuple[int, int]
) -> None:
    verdict = judged_by(of_tiles[0], frame(plate(np.random.default_rng(9), spot_at)))
    assert (verdict.decision, verdict.label) == (Decision.FAIL, "spot")
    (region,) = verdict.regions
    assert region.label == "spot"
    assert SPOT_PX**2 / 2 < region.area_px2 < SPOT_PX**2 * 2.5  # of two by two of the mask's cells
    assert region.box_sensor_px.x_px == pytest.approx(spot_at[1], abs=6)
    assert region.box_sensor_px.y_px == pytest.approx(spot_at[0], abs=6)


def test_mark_explains_what_tiles_see_of_it_on_any_border_and_nothing_far_away(
    of_tiles: tuple[Path, Path],
) -> None:
    recipe = Recipe(name="spots may be", tolerated_area_px2=(("spot", 400.0),))
    ready = build_inspection(open_bundle(of_tiles[0]), recipe, SystemClock())
    rng = np.random.default_rng(12)
    for spot_at in ((128, 96), (75, 60), (100, 155), (75, 155)):
        spotted = plate(rng, spot_at)
        torn = spotted.copy()
        far = (spot_at[0] + 128) % PLATE_PX[0]
        torn[far : far + 24, 10:34] = rng.integers(0, 255, (24, 24))
        explained, not_explained = (
            ready.inspection.inspect(frame(each)) for each in (spotted, torn)
        )
        assert unexplained_of(explained) < 1.3  # usual ones are seldom above 1
        assert unexplained_of(not_explained) > 1.5
        assert not_explained.verdict.decision is Decision.FAIL


def unexplained_of(inspected: Inspected) -> float:
    assert inspected.prediction is not None
    assert inspected.prediction.unexplained is not None
    return inspected.prediction.unexplained


def test_good_part_of_many_tiles_passes(of_tiles: tuple[Path, Path]) -> None:
    rng = np.random.default_rng(10)
    decisions = [judged_by(of_tiles[0], frame(plate(rng))).decision for _ in range(6)]
    assert decisions == [Decision.PASS] * 6


def test_bundle_of_tiles_is_proven_again_picture_by_picture(
    of_tiles: tuple[Path, Path], trained: TrainedBundle, tmp_path: Path
) -> None:
    (tmp_path / "new").mkdir()
    rng = np.random.default_rng(11)
    for place in range(3):
        write_png(tmp_path / "new" / f"{place}.png", plate(rng, (50, 50) if place else None))
    (tmp_path / "new" / "list.csv").write_text(
        "image,label,mask,split\n0.png,good,,test\n1.png,spot,,test\n2.png,spot,,test\n",
        encoding="utf-8",
    )
    validation = validate(of_tiles[0], tmp_path / "new" / "list.csv", trained.weights_cache)
    assert validation.shortcoming() is None
    assert validation.proof.n_images == 3
    assert [len(results.scores) for results in (validation.trained, *validation.judged)] == [3, 3]
    assert all(line.score_max_abs == 0 for line in validation.lines)


def test_time_of_a_bundle_of_tiles_is_that_of_one_tile(
    of_tiles: tuple[Path, Path], trained: TrainedBundle
) -> None:
    times = size_times(of_tiles[0], trained.weights_cache)
    assert times.others_ms == {}
    (line,) = times.lines()
    assert f"{times.own_ms:.1f} ms a tile of 128 x 128 px" in line
    assert line.endswith(f"{6 * times.own_ms:.0f} ms a picture of 6 tiles")


def judged_by(bundle: Path, picture: Frame) -> Verdict:
    ready = build_inspection(open_bundle(bundle), DEFAULT_RECIPE, SystemClock())
    return ready.inspection.inspect(picture).verdict

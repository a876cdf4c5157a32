"""The task: what it asks of a list, and that a bundle outlines and names what was marked."""

import csv
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from inspector.assembly import build_inspection
from inspector.bundle import Manifest, open_bundle
from inspector.clock import SystemClock
from inspector.errors import DataError
from inspector.flow import Decision
from inspector.recipe import Recipe
from inspector.store.images import write_png
from models.dataset.pictures import load_picture
from models.dataset.reader import PictureList, load_samples
from models.dataset.sample import Sample, of_split
from models.evaluate import evaluate
from models.marked import fitting
from models.tasks.segment.task import TASK
from models.train import TrainingRequest, train
from models.training.config import TrainingConfig
from tests.models.conftest import Ears, TrainedBundle
from tests.models.marked.pictures import spotted

KINDS = ("good", "dark", "bright")


def draw_list(folder: Path) -> Path:
    """Striped parts, dark and bright spots on some of them; of two spots nobody drew a mask."""
    folder.mkdir()
    rows = [("image", "label", "mask", "split")]
    numbers = [0] * 40 + [1] * 14 + [2] * 14
    for split, seed in (("train", 1), ("test", 2)):
        pictures = spotted(numbers if split == "train" else [0, 1, 2] * 4, seed=seed)
        for place, kind in enumerate(pictures.kinds):
            image, mask = f"{split}-{place}.png", f"{split}-{place}-mask.png"
            write_png(folder / image, pictures.tensors[place])
            has_mask = bool(kind) and place not in (40, 54)
            if has_mask:
                write_png(folder / mask, (pictures.label_maps[place] > 0).astype(np.uint8) * 255)
            rows.append((image, KINDS[kind], mask if has_mask else "", split))
    with (folder / "parts.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    return folder / "parts.csv"


@dataclass(frozen=True)
class Segmented:
    bundle: Path
    data: Path
    manifest: Manifest


@pytest.fixture(scope="module")
def segmented(trained: TrainedBundle, tmp_path_factory: pytest.TempPathFactory) -> Segmented:
    root = tmp_path_factory.mktemp("segmented")
    data, bundle = draw_list(root / "data"), root / "spots.bundle"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fitting, "MIN_BATCHES", 12)
        result = train(
            TrainingRequest(
                lists=(PictureList(path=data),),
                out=bundle,
                name="spots",
                config=TrainingConfig(
                    task="segment",
                    height_px=128,
                    width_px=96,
                    epochs=5,
                    hyperparameters={"bank_size": 100},
                ),
                weights_cache=trained.weights_cache,
                listener=Ears(),
            )
        )
    assert result.is_complete
    assert not bundle.with_name("spots.bundle.training").exists()
    return Segmented(bundle=bundle, data=data, manifest=result.manifest)


def test_bundle_says_what_it_tells_apart(segmented: Segmented) -> None:
    manifest = open_bundle(segmented.bundle).manifest
    assert manifest.task == "segment"
    assert manifest.labels == ("good", "bright", "dark")
    assert set(manifest.outputs) == {
        "score",
        "heatmap",
        "probabilities",
        "class_map",
        "unexplained",
    }
    assert 0 < manifest.threshold.value < 1
    assert "2 times the share of defects that pass" in manifest.threshold.method
    assert manifest.validation["n_flips"] == 0


def test_spots_of_unseen_parts_are_outlined_and_named(segmented: Segmented) -> None:
    ready = build_inspection(open_bundle(segmented.bundle), Recipe(name="any"), SystemClock())
    for sample in of_split(load_samples(segmented.data), "test"):
        verdict = ready.inspection.inspect(load_picture(sample, None).frame).verdict
        assert (verdict.decision is Decision.PASS) is sample.is_good, sample.name
        assert verdict.label == sample.label
        assert [region.label for region in verdict.regions] == [sample.label] * (not sample.is_good)
        if not sample.is_good:
            assert verdict.regions[0].area_px2 == pytest.approx(24 * 24, rel=0.4)


def test_recipe_tolerates_a_kind_up_to_an_area_where_nothing_else_is_unusual(
    segmented: Segmented,
) -> None:
    passed = set()
    for limit_px2 in (100.0, 1000.0):
        recipe = Recipe(name="dark ones may be", tolerated_area_px2=(("dark", limit_px2),))
        ready = build_inspection(open_bundle(segmented.bundle), recipe, SystemClock())
        for sample in of_split(load_samples(segmented.data), "test"):
            inspected = ready.inspection.inspect(load_picture(sample, None).frame)
            assert inspected.prediction is not None
            assert inspected.prediction.unexplained is not None
            is_usual = inspected.prediction.unexplained <= 1
            is_tolerated = sample.label == "dark" and limit_px2 == 1000 and is_usual
            passes = inspected.verdict.decision is Decision.PASS
            assert passes is (sample.is_good or is_tolerated), (sample.name, limit_px2)
            if passes:
                passed.add((sample.label, limit_px2))
    assert passed == {("good", 100.0), ("good", 1000.0), ("dark", 1000.0)}


def test_figures_are_of_pixels_and_of_pictures(segmented: Segmented) -> None:
    table = evaluate(segmented.bundle, segmented.data, "test").as_table()
    assert table["image_auroc"] == 1.0
    assert cast("float", table["miou"]) > 0.8
    assert cast("float", table["pixel_auroc"]) > 0.95


def sample(number: int, label: str = "good", split: str = "train", *, mask: bool = True) -> Sample:
    name = f"{label}-{number}.png"
    masks = (Path(f"{name}.mask"),) if mask and label != "good" else ()
    return Sample(name=name, image=Path(name), label=label, masks=masks, split=split, part=name)


GOOD = [sample(number) for number in range(20)]
DENTS = [sample(number, "dent") for number in range(6)]


@pytest.mark.parametrize(
    ("samples", "said"),
    [
        ([*GOOD[:19], *DENTS], r"good pictures in the train split: 19; .*\(it has: good 19, dent"),
        (GOOD, r"good pictures alone \(good 20\).*task anomaly"),
        ([*GOOD, *DENTS, sample(0, "rust")], r"the kind 'rust' in the train split: 1; at least 4"),
        (
            [*GOOD, *(replace(one, masks=()) for one in DENTS)],
            r"defects with a mask in the train split: 0; at least 4",
        ),
        ([*GOOD, *DENTS, sample(0, "rust", "val")], r"val split shows 'rust', of which the train"),
    ],
)
def test_list_that_cannot_be_learnt_from_is_refused(samples: list[Sample], said: str) -> None:
    with pytest.raises(DataError, match=rf"^list: .*{said}"):
        TASK.choose(samples, "list")


def test_list_that_can_be_learnt_from_is_taken_whole() -> None:
    assert TASK.choose([*GOOD, *DENTS], "list") == (*GOOD, *DENTS)
    assert TASK.labels([*GOOD, *DENTS]) == ("good", "dent")

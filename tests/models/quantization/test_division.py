"""What ranges come from and what is compared on: never what the model was fitted to, never test."""

from dataclasses import replace

import pytest

from inspector.bundle import InputSpec, open_bundle
from inspector.errors import DataError
from models.dataset.hashes import file_sha256
from models.publishing.source import open_source, source_folder
from models.quantization import division
from models.quantization.division import ranges_and_comparison
from tests.models.conftest import TrainedBundle


def pictures_by_role(trained: TrainedBundle) -> dict[str, list[str]]:
    roles = open_source(source_folder(trained.bundle)).roles
    by_role: dict[str, list[str]] = {}
    for path in sorted(trained.data.parent.glob("good-*.png")):
        by_role.setdefault(roles.get(file_sha256(path), ""), []).append(path.name)
    return by_role


def divided(trained: TrainedBundle, rows: list[str]) -> tuple[list[str], list[str]]:
    listed = trained.data.with_name("divided.csv")
    listed.write_text("\n".join(["image,label,mask,split", *rows]))
    bundle = open_bundle(trained.bundle)
    source = open_source(source_folder(trained.bundle))
    ranges, compared = ranges_and_comparison(bundle, source, listed, None)
    return [one.name for one in ranges], [one.name for one in compared]


def test_val_picture_that_the_model_was_fitted_to_is_not_compared_on(
    trained: TrainedBundle, caplog: pytest.LogCaptureFixture
) -> None:
    names = pictures_by_role(trained)
    first, second = names["fit"][:2]
    unseen = names[""][0]
    rows = [f"{first},good,,train", f"{second},good,,val", f"{unseen},good,,val"]
    assert divided(trained, rows) == ([first], [unseen])
    assert caplog.messages == [
        "1 pictures of the split 'val' are left out: the model was fitted to them"
    ]


def test_ranges_are_those_of_good_parts(trained: TrainedBundle) -> None:
    names = pictures_by_role(trained)
    rows = [f"{names['fit'][0]},good,,train", "bad-100.png,dent,,train"]
    ranges, compared = divided(trained, [*rows, f"{names['held_out'][0]},good,,train"])
    assert (ranges, compared) == ([names["fit"][0]], [names["held_out"][0]])


def test_list_whose_train_pictures_were_all_held_out_has_none_for_the_ranges(
    trained: TrainedBundle,
) -> None:
    names = pictures_by_role(trained)
    with pytest.raises(DataError, match="no picture of the split 'train' is left for the ranges"):
        divided(trained, [f"{names['held_out'][0]},good,,train"])


def test_fewer_pictures_are_compared_where_each_is_many_tiles(
    trained: TrainedBundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = pictures_by_role(trained)
    new = names[""][:6]
    listed = trained.data.with_name("tiles.csv")
    rows = [f"{names['fit'][0]},good,,train", *(f"{name},good,,val" for name in new)]
    listed.write_text("\n".join(["image,label,mask,split", *rows]))
    bundle = open_bundle(trained.bundle)
    spec = InputSpec(height_px=32, width_px=32, color="rgb", resize="tile")
    tiled = replace(bundle, manifest=replace(bundle.manifest, input=spec))
    source = open_source(source_folder(trained.bundle))
    monkeypatch.setattr(division, "_MIN_COMPARED", 2)
    monkeypatch.setattr(division, "_MAX_TILES", 48)  # of 12 each
    assert len(ranges_and_comparison(tiled, source, listed, None)[1]) == 4
    monkeypatch.setattr(division, "_MAX_TILES", 12)
    assert len(ranges_and_comparison(tiled, source, listed, None)[1]) == 2
    assert len(ranges_and_comparison(bundle, source, listed, None)[1]) == 6

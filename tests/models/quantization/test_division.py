"""What ranges come from and what is compared on: never what the model was fitted to, never test."""

import pytest

from inspector.bundle import open_bundle
from inspector.errors import DataError
from models.dataset.hashes import file_sha256
from models.publishing.source import open_source, source_folder
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

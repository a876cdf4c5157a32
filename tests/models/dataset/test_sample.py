"""Pictures of one split, in their order."""

from pathlib import Path

import pytest

from models.dataset.reader import load_samples
from models.dataset.sample import of_split
from tests.support.picture_lists import HEAD, make_list


def test_split_is_picked_in_its_order(tmp_path: Path) -> None:
    text = HEAD + "b.png,good,,train,\nm.png,bad,,test,\na.png,good,,train,\n"
    samples = load_samples(make_list(tmp_path, text))
    assert [sample.name for sample in of_split(samples, "train")] == ["b.png", "a.png"]
    assert of_split(samples, "val") == ()
    with pytest.raises(ValueError, match="'trian' is none of train, val, test"):
        of_split(samples, "trian")

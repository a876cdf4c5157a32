"""A mask that marks nothing teaches nothing, and its defect is none without a place."""

from pathlib import Path

import numpy as np
import pytest

from inspector.store.images import write_png
from models.dataset.blank_masks import without_blank_masks
from models.dataset.sample import GOOD, Sample


def listed(name: str, label: str, *masks: Path, labels: tuple[str, ...] = ()) -> Sample:
    return Sample(
        name=name,
        image=Path(name),
        label=label,
        masks=masks,
        split="train",
        part=name,
        mask_labels=labels,
    )


@pytest.fixture
def drawn(tmp_path: Path) -> Path:
    mask = np.zeros((8, 8), np.uint8)
    mask[2:4, 2:4] = 255
    write_png(tmp_path / "drawn.png", mask)
    return tmp_path / "drawn.png"


@pytest.fixture
def blank(tmp_path: Path) -> Path:
    write_png(tmp_path / "blank.png", np.zeros((8, 8), np.uint8))
    return tmp_path / "blank.png"


def test_blank_mask_counts_as_none_and_its_picture_is_named(
    drawn: Path, blank: Path, caplog: pytest.LogCaptureFixture
) -> None:
    samples = [listed("a.png", "dent", drawn), listed("b.png", "dent", blank)]
    outlined, not_outlined = without_blank_masks(samples)
    assert outlined == samples[0]
    assert (not_outlined.label, not_outlined.masks) == ("dent", ())
    assert "mask that marks nothing: 1, such as 'b.png'" in caplog.text


def test_of_several_kinds_those_that_are_drawn_stay(drawn: Path, blank: Path) -> None:
    both = listed("a.png", "dent", blank, drawn, labels=("dent", "scratch"))
    (sample,) = without_blank_masks([both])
    assert (sample.masks, sample.mask_labels) == ((drawn,), ("scratch",))


def test_blank_mask_of_a_good_part_says_nothing_wrong(
    blank: Path, caplog: pytest.LogCaptureFixture
) -> None:
    samples = (listed("a.png", GOOD, blank), listed("b.png", GOOD))
    assert without_blank_masks(samples) == samples
    assert caplog.text == ""

"""What the newest list says of a picture counts, and nothing else of it is lost."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from inspector.store.images import write_png
from models.dataset.corrections import corrected
from models.dataset.sample import GOOD, Sample


@pytest.fixture
def old(tmp_path: Path) -> Sample:
    """An outlined dent."""
    return listed(tmp_path / "old", b"picture", "dent", masks=(tmp_path / "mask.png",))


def listed(
    folder: Path, content: bytes, label: str, *, masks: tuple[Path, ...] = (), name: str = "a.png"
) -> Sample:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)
    return Sample(
        name=name, image=folder / name, label=label, masks=masks, split="train", part=name
    )


def test_picture_is_what_the_newest_list_calls_it(old: Sample, tmp_path: Path) -> None:
    new = listed(tmp_path / "new", b"picture", GOOD)
    other = listed(tmp_path / "new", b"another", "dent", name="b.png")
    oldest = listed(tmp_path / "oldest", b"picture", "scratch")
    assert corrected([[new, other], [old], [oldest]]) == (new, other)


def test_outline_stays_where_the_new_row_draws_none(old: Sample, tmp_path: Path) -> None:
    for label in ("dent", "scratch"):
        (told,) = corrected([[listed(tmp_path / "new", b"picture", label)], [old]])
        assert (told.label, told.masks) == (label, old.masks)


def test_blank_mask_takes_no_outline_away(old: Sample, tmp_path: Path) -> None:
    write_png(tmp_path / "picture.png", np.zeros((8, 8), np.uint8))
    content = (tmp_path / "picture.png").read_bytes()
    known = listed(tmp_path / "old", content, "dent", masks=old.masks)
    blank = listed(tmp_path / "new", content, "dent", masks=(tmp_path / "picture.png",))
    assert corrected([[blank], [known]]) == (replace(blank, masks=old.masks),)


def test_part_stays_where_the_new_row_names_none(old: Sample, tmp_path: Path) -> None:
    known = replace(old, part="P7")
    new = listed(tmp_path / "new", b"picture", GOOD)
    assert corrected([[new], [known]]) == (replace(new, part="P7"),)
    named = replace(new, part="P8")
    assert corrected([[named], [known]]) == (named,)


def test_newly_drawn_outline_takes_the_place_of_the_old_one(old: Sample, tmp_path: Path) -> None:
    write_png(tmp_path / "better.png", np.full((8, 8), 255, np.uint8))
    content = (tmp_path / "better.png").read_bytes()
    old = replace(old, image=tmp_path / "better.png")
    new = listed(tmp_path / "new", content, "dent", masks=(tmp_path / "better.png",))
    assert corrected([[new], [old]]) == (new,)


def test_copies_in_one_list_stay_for_whoever_counts_them(old: Sample, tmp_path: Path) -> None:
    copy = listed(tmp_path / "old", b"picture", "dent", name="copy.png")
    assert corrected([[], [old, copy]]) == (old, copy)
    new = listed(tmp_path / "new", b"picture", "scratch")
    assert len(corrected([[new], [old, copy]])) == 1


def test_label_that_changes_is_told(
    old: Sample, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    corrected([[listed(tmp_path / "new", b"picture", GOOD)], [old]])
    assert "pictures whose label an older list has otherwise: 1" in caplog.text

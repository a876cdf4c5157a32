"""The demo's lot: the same parts each time, and none drawn twice."""

from pathlib import Path

import pytest

from inspector import demo
from inspector.capture.synthetic.render import Defect
from inspector.demo import draw_parts
from inspector.errors import UsageError


@pytest.fixture(autouse=True)
def _small_lot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "N_GOOD", 2)
    monkeypatch.setattr(demo, "N_OF_EACH_DEFECT", 1)


def test_lot_has_good_parts_and_every_defect(tmp_path: Path) -> None:
    assert draw_parts(tmp_path / "parts") == 2 + len(Defect)
    names = sorted(path.stem.split("-", 2)[2] for path in (tmp_path / "parts").iterdir())
    assert names == sorted(["good", "good", *(defect.value for defect in Defect)])


def test_second_call_leaves_the_pictures_alone(tmp_path: Path) -> None:
    draw_parts(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    draw_parts(tmp_path)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == before


def test_folder_that_cannot_be_made_is_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be made"):
        draw_parts(tmp_path / "file" / "parts")

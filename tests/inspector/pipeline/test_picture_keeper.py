"""Pictures are kept as the rule says, and what finds no place is counted."""

from pathlib import Path

from inspector.flow import Decision
from inspector.keeping import KEEP_FAILS, Keep, KeepRule
from inspector.pipeline.kept_images import KeptImages
from inspector.pipeline.picture_keeper import CAPACITY, PictureKeeper
from tests.support.panels import result


def keeper(folder: Path) -> PictureKeeper:
    images = KeptImages(folder / "images", quota_bytes=10**9, floor_bytes=0)
    return PictureKeeper(images, KEEP_FAILS)


def kept(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "images").glob("*.png"))


def test_rule_of_the_station_holds_where_the_recipe_says_nothing(tmp_path: Path) -> None:
    pictures = keeper(tmp_path)
    pictures.offer(result(1, Decision.FAIL), None)
    pictures.offer(result(2, Decision.PASS), None)
    pictures.offer(result(3, Decision.PASS), KeepRule(keep=Keep.ALL))
    pictures.offer(result(4, Decision.FAIL), KeepRule(keep=Keep.NONE))
    pictures.close()
    pictures.run()
    assert kept(tmp_path) == ["000000000001-top.png", "000000000003-top.png"]
    assert pictures.n_skipped == 0


def test_what_finds_no_place_is_counted_and_delays_nobody(tmp_path: Path) -> None:
    pictures = keeper(tmp_path)
    for number in range(CAPACITY + 3):
        pictures.offer(result(number), None)
    assert pictures.n_skipped == 3
    pictures.close()
    pictures.offer(result(99), None)
    assert pictures.n_skipped == 4
    pictures.run()
    assert len(kept(tmp_path)) == CAPACITY


def test_without_a_place_for_pictures_none_is_wanted() -> None:
    pictures = PictureKeeper(None, KEEP_FAILS)
    pictures.offer(result(1), None)
    assert pictures.n_skipped == 0

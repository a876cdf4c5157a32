"""A few damaged stores; `make faults` has the many."""

from pathlib import Path

from tests.faults.long.test_spoilt_store import WAYS, killed, spoil_often

__all__ = ["killed"]


def test_damage_is_noticed_at_the_start_and_set_aside(
    killed: tuple[Path, int],
    tmp_path: Path,
) -> None:
    outcomes = spoil_often(killed, tmp_path / "copies", 2 * len(WAYS))
    assert outcomes["log removed: noticed and set aside"] == 2

"""A slow reader sees the newest, and what it missed is counted."""

from inspector.concurrency.latest_slot import LatestSlot


def test_latest_slot_counts_each_item_it_forgets() -> None:
    slot = LatestSlot[int]()
    for item in range(5):
        slot.put(item)
    assert (slot.take(), slot.n_forgotten) == (4, 4)


def test_item_is_taken_once() -> None:
    slot = LatestSlot[str]()
    assert slot.take() is None
    slot.put("a")
    assert (slot.take(), slot.take(), slot.n_forgotten) == ("a", None, 0)

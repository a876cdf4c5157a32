"""One table: every action has a text, a key of its own, and a method that does it."""

from ui.actions import action_table
from ui.main_window import MainWindow


def test_every_action_has_a_key_of_its_own_and_a_handler() -> None:
    rows = action_table()
    assert len({row.keys for row in rows}) == len(rows) == len({row.action_id for row in rows})
    assert all(row.text and row.keys for row in rows)
    assert [row.handler for row in rows if not hasattr(MainWindow, row.handler)] == []

"""The table stays where somebody reads, and is fast with a whole shift in it."""

from inspector.clock import SystemClock
from inspector.flow import Decision
from tests.support.panels import part
from ui.run.results_model import STAGES, Column
from ui.run.results_table import ResultsTable
from ui.theme.theme import Theme


def shown(theme: Theme) -> ResultsTable:
    table = ResultsTable(theme)
    table.resize(1400, 300)
    table.show()
    return table


def top_part(table: ResultsTable) -> int | None:
    return table.model.part_number(table.view.rowAt(2))


def test_newest_is_in_sight_as_long_as_nobody_scrolls(theme: Theme) -> None:
    table = shown(theme)
    for number in range(1, 60):
        table.add([part(number)])
    assert top_part(table) == 59


def test_what_is_being_read_stays_in_its_place(theme: Theme) -> None:
    table = shown(theme)
    table.add([part(number) for number in range(1, 200)])
    table.view.verticalScrollBar().setValue(1_000)
    before = top_part(table)
    table.add([part(number) for number in range(200, 230)])
    assert top_part(table) == before


def test_times_per_stage_are_left_out_where_there_is_no_room(theme: Theme) -> None:
    table = shown(theme)
    hidden = [table.view.isColumnHidden(len(Column) + n) for n in range(len(STAGES))]
    table.resize(700, 300)
    compact = [table.view.isColumnHidden(len(Column) + n) for n in range(len(STAGES))]
    assert (set(hidden), set(compact)) == ({False}, {True})


def test_hundred_thousandth_row_costs_no_more_than_the_first(theme: Theme) -> None:
    """Far from a budget: a table that measures its rows would take seconds for each."""
    table = shown(theme)
    table.add([part(number, Decision.FAIL) for number in range(1, 100_001)])
    clock = SystemClock()
    before_ns = clock.monotonic_ns()
    for number in range(100_001, 100_011):
        table.add([part(number)])
        table.grab()
    assert table.model.rowCount() == 100_000
    assert (clock.monotonic_ns() - before_ns) / 1e9 < 5.0

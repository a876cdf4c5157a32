"""Everything a person can ask of the window: one table, each with a key."""

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionSpec:
    """One action.

    Attributes:
        handler: Name of the window's method that does it.
        keys: As Qt spells them.
    """

    action_id: str
    text: str
    keys: str
    handler: str


def action_table() -> tuple[ActionSpec, ...]:
    """All actions, in the chosen language."""
    translate = QCoreApplication.translate

    def row(action_id: str, text: str, keys: str) -> ActionSpec:
        return ActionSpec(action_id=action_id, text=text, keys=keys, handler=action_id)

    return (
        row("start_line", translate("actions", "Start the line"), "F5"),
        row("stop_line", translate("actions", "Stop the line (press twice)"), "F6"),
        row("begin_shift", translate("actions", "New shift: count from zero (press twice)"), "F7"),
        row("trigger_part", translate("actions", "A part is in place (software trigger)"), "F9"),
        row("show_last_fail", translate("actions", "Look at the last fail"), "F8"),
        row("fit_picture", translate("actions", "Show the whole picture"), "Ctrl+0"),
        row("zoom_in", translate("actions", "Picture larger"), "Ctrl++"),
        row("zoom_out", translate("actions", "Picture smaller"), "Ctrl+-"),
        row("toggle_heat", translate("actions", "Heat map on or off"), "Ctrl+H"),
        row("next_camera", translate("actions", "Next camera"), "Ctrl+Tab"),
        row("open_station", translate("actions", "Open a station"), "Ctrl+O"),
        row("open_demo", translate("actions", "Try the demo"), "Ctrl+D"),
        row("switch_language", translate("actions", "English / 中文"), "Ctrl+L"),
        row("switch_scheme", translate("actions", "Dark / light"), "Ctrl+T"),
        row("toggle_full_screen", translate("actions", "Full screen on or off"), "F11"),
        row("show_keys", translate("actions", "All keys"), "F1"),
        row("close_window", translate("actions", "Close the window"), "Ctrl+Q"),
    )

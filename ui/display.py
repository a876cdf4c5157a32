"""Whether there is a screen to show a window on. Qt itself would abort without one."""

import sys
from collections.abc import Mapping


def has_display(environment: Mapping[str, str], platform: str = sys.platform) -> bool:
    """Whether Qt will find a display.

    Args:
        environment: The process's variables.
        platform: As `sys.platform` names it.
    """
    if environment.get("QT_QPA_PLATFORM"):  # somebody chose: also "offscreen"
        return True
    if not platform.startswith("linux"):
        return True
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))

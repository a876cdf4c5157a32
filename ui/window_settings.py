"""How the window was left: where it stood, language, scheme, last station. Damage never blocks."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QByteArray, QLocale, QSettings

from ui.theme.colours import Scheme

LANGUAGES = ("en", "zh_CN")


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowState:
    """What is remembered.

    Attributes:
        geometry: As Qt packs it; None: the usual place.
        last_station: None: none was open, or it is gone.
    """

    language: str
    scheme: Scheme = Scheme.DARK
    geometry: bytes | None = None
    last_station: Path | None = None
    is_heat_shown: bool = True


class WindowSettings:
    """One small file of this user.

    Args:
        path: The file; made when something is kept.
    """

    def __init__(self, path: Path) -> None:
        self._settings = QSettings(str(path), QSettings.Format.IniFormat)

    def load(self) -> WindowState:
        """What was kept; the usual value of whatever is missing or cannot be read."""
        language = self._text("language")
        scheme = self._text("scheme")
        geometry = self._settings.value("geometry")
        station = self._text("last_station")
        return WindowState(
            language=language if language in LANGUAGES else system_language(),
            scheme=Scheme(scheme) if scheme in tuple(Scheme) else Scheme.DARK,
            geometry=bytes(geometry.data()) if isinstance(geometry, QByteArray) else None,
            last_station=Path(station) if station and _is_file(Path(station)) else None,
            is_heat_shown=self._text("heat") != "off",
        )

    def keep(self, state: WindowState) -> None:
        """Remember it. Where the file cannot be written, it is forgotten without a word."""
        self._settings.setValue("language", state.language)
        self._settings.setValue("scheme", str(state.scheme))
        self._settings.setValue("heat", "on" if state.is_heat_shown else "off")
        if state.geometry is not None:
            self._settings.setValue("geometry", QByteArray(state.geometry))
        station = "" if state.last_station is None else str(state.last_station)
        self._settings.setValue("last_station", station)
        self._settings.sync()

    def _text(self, key: str) -> str:
        value = self._settings.value(key)
        return value if isinstance(value, str) else ""


def system_language() -> str:
    """The language of this machine, as far as we speak it."""
    is_chinese = QLocale.system().language() is QLocale.Language.Chinese
    return "zh_CN" if is_chinese else "en"


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False

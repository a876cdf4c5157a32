"""What of all that PyInstaller finds goes into the product: read by `inspector.spec`.

Qt's libraries stay files of their own, which anybody may replace. What belongs to the system, such
as its X11 libraries, the Debian package asks for: so the system's own updates reach it.
"""

from collections.abc import Iterable, Iterator
from pathlib import PurePath

Entry = tuple[str, str, str]  # place in the product, file it comes from, PyInstaller's kind

EXCLUDED_MODULES = (
    "IPython", "PIL", "curses", "lib2to3", "matplotlib", "pandas", "pip",
    "readline", "scipy", "setuptools", "tkinter",
    "onnxruntime.backend", "onnxruntime.datasets", "onnxruntime.quantization", "onnxruntime.tools",
    "onnxruntime.transformers",
    "PySide6.QtDBus", "PySide6.QtNetwork",
    "PySide6.QtPrintSupport", "PySide6.QtQml", "PySide6.QtQuick", "PySide6.QtSql", "PySide6.QtTest",
)  # fmt: skip
# The screens the window is shown on, input of Chinese, our icons, and pictures of the report.
QT_PLUGINS = (
    "iconengines/libqsvgicon", "iconengines/qsvgicon",
    "imageformats/libqjpeg", "imageformats/qjpeg", "imageformats/libqsvg", "imageformats/qsvg",
    "platforminputcontexts/libcomposeplatforminputcontextplugin",
    "platforminputcontexts/libibusplatforminputcontextplugin",
    "platforms/libqoffscreen", "platforms/qoffscreen", "platforms/libqxcb", "platforms/qwindows",
    "styles/qmodernwindowsstyle",
)  # fmt: skip
QT_TRANSLATIONS = ("qtbase_zh_CN.qm",)
_OF_SYSTEM = ("/lib/", "/lib64/", "/usr/lib/", "/usr/lib64/")
_OF_PYTHON = ("lib-dynload", "libpython")


def kept_data(data: Iterable[Entry], binaries: Iterable[Entry]) -> list[Entry]:
    """Without the texts of Qt in languages that the window does not speak, and dangling links.

    Args:
        binaries: Those that are kept.
    """
    places = {_place(entry) for entry in binaries}
    return [
        entry
        for entry in data
        if (
            "PySide6/Qt/translations/" not in _place(entry)
            or PurePath(entry[0]).name in QT_TRANSLATIONS
        )
        and (entry[2] != "SYMLINK" or _source(entry) in places)
    ]


def kept_binaries(binaries: Iterable[Entry]) -> list[Entry]:
    """Without plugins of Qt that are never loaded, their libraries, and what the system brings."""
    chosen = [entry for entry in binaries if _is_wanted_plugin(entry)]
    by_python = set(_needed_by(entry for entry in chosen if _is_of_python(entry)))
    chosen = [
        entry
        for entry in chosen
        if not entry[1].startswith(_OF_SYSTEM)
        or _is_of_python(entry)
        or PurePath(entry[1]).name in by_python
    ]
    needed = set(_needed_by(entry for entry in chosen if "PySide6/Qt/lib/" not in _source(entry)))
    return [
        entry
        for entry in chosen
        if "PySide6/Qt/lib/" not in _source(entry) or PurePath(entry[1]).name in needed
    ]


def _place(entry: Entry) -> str:
    return entry[0].replace("\\", "/")


def _source(entry: Entry) -> str:
    return entry[1].replace("\\", "/")


def _is_wanted_plugin(entry: Entry) -> bool:
    _, found, name = _place(entry).rpartition("/plugins/")
    return not found or name.startswith(QT_PLUGINS)


def _is_of_python(entry: Entry) -> bool:
    return any(part in _place(entry) for part in _OF_PYTHON)


def _needed_by(entries: Iterable[Entry]) -> Iterator[str]:
    """Names of the libraries that these files load, and that those load."""
    from PyInstaller.depend.bindepend import get_imports

    waiting = [entry[1] for entry in entries]
    seen: set[str] = set()
    while waiting:
        for name, path in get_imports(waiting.pop()):
            if path is not None and path not in seen:
                seen.add(path)
                waiting.append(path)
                yield PurePath(path).name
            elif path is None:
                yield name

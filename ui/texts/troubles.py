"""What went wrong and what to do, in a sentence that an operator can act on."""

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from inspector.errors import (
    BundleError,
    CaptureError,
    FolderInUse,
    InspectorError,
    MachineUnfit,
    RecipeError,
    SettingsError,
    StillRunning,
    StoreCorrupt,
    StoreError,
    StoreFull,
    UsageError,
)

# The first whose kind an error is says who must act.
_SENTENCES: tuple[tuple[type[InspectorError], Any], ...] = (
    (
        SettingsError,
        QT_TRANSLATE_NOOP(
            "troubles",
            "The station file cannot be used. Have it corrected, then open it again.",
        ),
    ),
    (
        RecipeError,
        QT_TRANSLATE_NOOP(
            "troubles", "The recipe cannot be used here. Choose the recipe of this product."
        ),
    ),
    (
        BundleError,
        QT_TRANSLATE_NOOP(
            "troubles",
            "What this line judges with is not what was approved. Have it replaced; "
            "nothing is judged until then.",
        ),
    ),
    (
        FolderInUse,
        QT_TRANSLATE_NOOP(
            "troubles", "This line is open in another window. Close it there, then press Start."
        ),
    ),
    (
        StillRunning,
        QT_TRANSLATE_NOOP(
            "troubles",
            "The line before has not ended, for a camera or the disk does not answer. Close "
            "this window, then start it again.",
        ),
    ),
    (
        UsageError,
        QT_TRANSLATE_NOOP(
            "troubles",
            "What this line needs is not there, or cannot be written. Have the details looked "
            "at, then press Start.",
        ),
    ),
    (
        MachineUnfit,
        QT_TRANSLATE_NOOP(
            "troubles",
            "This computer does not judge as was proven. Do not use it for this line; have the "
            "details looked at.",
        ),
    ),
    (
        CaptureError,
        QT_TRANSLATE_NOOP(
            "troubles",
            "A camera cannot be reached. Check its cable and its power, then press Start.",
        ),
    ),
    (
        StoreFull,
        QT_TRANSLATE_NOOP("troubles", "The disk is full. Free some space, then press Start."),
    ),
    (
        StoreCorrupt,
        QT_TRANSLATE_NOOP(
            "troubles",
            "The stored results are damaged. Have the file set aside; a new one is begun then.",
        ),
    ),
    (
        StoreError,
        QT_TRANSLATE_NOOP(
            "troubles", "Results cannot be stored. Check the disk, then press Start."
        ),
    ),
)
_FAULT: Any = QT_TRANSLATE_NOOP(
    "troubles", "The line stopped by a fault of the program. Press Start to go on."
)
_FULL: Any = QT_TRANSLATE_NOOP(
    "troubles",
    "The disk is full: every part is rejected. Free some space; the line goes on by itself.",
)
_UNSTORED: Any = QT_TRANSLATE_NOOP(
    "troubles",
    "Results cannot be stored: every part is rejected. Check the disk; the line goes on by itself.",
)
_UNCHANGED: Any = QT_TRANSLATE_NOOP(
    "troubles",
    "What was changed for this line is not all in force; it goes on with what it had. "
    "Have the details looked at.",
)
_LOST: Any = QT_TRANSLATE_NOOP(
    "troubles", "“{camera}” cannot be reached. Check cable and power; it is looked for."
)
_SET_ASIDE: Any = QT_TRANSLATE_NOOP(
    "troubles",
    "The results of earlier parts are damaged. They were set aside, and a new file was begun. "
    "Have them looked at.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One notice. It holds no error, for that would hold what its traceback names.

    Attributes:
        sentence: What happened and what to do, as it is written here.
        detail: What the engine says, for whoever is called.
        camera: What stands for `{camera}` in the sentence.
    """

    sentence: str
    detail: str
    camera: str = ""

    @property
    def text(self) -> str:
        """The sentence in the language that is chosen now."""
        text = QCoreApplication.translate("troubles", self.sentence)
        return text.replace("{camera}", self.camera)


def trouble_of(error: InspectorError) -> Trouble:
    """The notice for an error: by who must act, not by where it broke."""
    found = (sentence for kind, sentence in _SENTENCES if isinstance(error, kind))
    return Trouble(sentence=next(found, _FAULT), detail=str(error))


def trouble_of_blocked(error: InspectorError) -> Trouble:
    """The notice for a line whose results cannot be kept, and which goes on by itself."""
    sentence = _FULL if isinstance(error, StoreFull) else _UNSTORED
    return Trouble(sentence=sentence, detail=str(error))


def trouble_of_change(error: InspectorError) -> Trouble:
    """The notice for a change that is not in force, on a line that goes on."""
    return Trouble(sentence=_UNCHANGED, detail=str(error))


def trouble_of_lost(cameras: str) -> Trouble:
    """The notice for cameras whose pictures are not the ones that are shown."""
    return Trouble(sentence=_LOST, detail=cameras, camera=cameras)


def trouble_of_set_aside(error: InspectorError) -> Trouble:
    """The notice for a store that was damaged when the line started."""
    return Trouble(sentence=_SET_ASIDE, detail=str(error))

"""What went wrong and what to do, in a sentence that an operator can act on."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QCoreApplication

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One notice. It holds no error, for that would hold what its traceback names.

    Attributes:
        sentence: Gives what happened and what to do, in the language that is chosen then.
        detail: What the engine says, for whoever is called.
    """

    sentence: Callable[[], str]
    detail: str

    @property
    def text(self) -> str:
        """The sentence, in the chosen language."""
        return self.sentence()


def trouble_of(error: InspectorError) -> Trouble:
    """The notice for an error: by who must act, not by where it broke."""
    return Trouble(sentence=partial(_sentence, type(error)), detail=str(error))


def trouble_of_blocked(error: InspectorError) -> Trouble:
    """The notice for a line whose results cannot be kept, and which goes on by itself."""
    return Trouble(
        sentence=_full_sentence if isinstance(error, StoreFull) else _unstored_sentence,
        detail=str(error),
    )


def trouble_of_change(error: InspectorError) -> Trouble:
    """The notice for a change that is not in force, on a line that goes on."""
    return Trouble(sentence=_unchanged_sentence, detail=str(error))


def trouble_of_lost(cameras: str) -> Trouble:
    """The notice for cameras whose pictures are not the ones that are shown."""
    return Trouble(sentence=partial(_lost_sentence, cameras), detail=cameras)


def trouble_of_set_aside(error: InspectorError) -> Trouble:
    """The notice for a store that was damaged when the line started."""
    return Trouble(sentence=_set_aside_sentence, detail=str(error))


def _full_sentence() -> str:
    return QCoreApplication.translate(
        "troubles",
        "The disk is full: every part is rejected. Free some space; the line goes on by itself.",
    )


def _unstored_sentence() -> str:
    return QCoreApplication.translate(
        "troubles",
        "Results cannot be stored: every part is rejected. Check the disk; the line goes on by "
        "itself.",
    )


def _unchanged_sentence() -> str:
    return QCoreApplication.translate(
        "troubles",
        "What was changed for this line is not all in force; it goes on with what it had. "
        "Have the details looked at.",
    )


def _lost_sentence(cameras: str) -> str:
    text = QCoreApplication.translate(
        "troubles", "“{camera}” cannot be reached. Check cable and power; it is looked for."
    )
    return text.format(camera=cameras)


def _set_aside_sentence() -> str:
    return QCoreApplication.translate(
        "troubles",
        "The results of earlier parts are damaged. They were set aside, and a new file was begun. "
        "Have them looked at.",
    )


def _sentence(error: type[InspectorError]) -> str:
    translate = QCoreApplication.translate
    sentences: tuple[tuple[type[InspectorError], str], ...] = (
        (
            SettingsError,
            translate(
                "troubles",
                "The station file cannot be used. Have it corrected, then open it again.",
            ),
        ),
        (
            RecipeError,
            translate(
                "troubles", "The recipe cannot be used here. Choose the recipe of this product."
            ),
        ),
        (
            BundleError,
            translate(
                "troubles",
                "What this line judges with is not what was approved. Have it replaced; "
                "nothing is judged until then.",
            ),
        ),
        (
            FolderInUse,
            translate(
                "troubles", "This line is open in another window. Close it there, then press Start."
            ),
        ),
        (
            StillRunning,
            translate(
                "troubles",
                "The line before has not ended, for a camera or the disk does not answer. Close "
                "this window, then start it again.",
            ),
        ),
        (
            UsageError,
            translate(
                "troubles",
                "What this line needs is not there, or cannot be written. Have the details looked "
                "at, then press Start.",
            ),
        ),
        (
            MachineUnfit,
            translate(
                "troubles",
                "This computer does not judge as was proven. Do not use it for this line; have the "
                "details looked at.",
            ),
        ),
        (
            CaptureError,
            translate(
                "troubles",
                "A camera cannot be reached. Check its cable and its power, then press Start.",
            ),
        ),
        (
            StoreFull,
            translate("troubles", "The disk is full. Free some space, then press Start."),
        ),
        (
            StoreCorrupt,
            translate(
                "troubles",
                "The stored results are damaged. Have the file set aside; a new one is begun then.",
            ),
        ),
        (
            StoreError,
            translate("troubles", "Results cannot be stored. Check the disk, then press Start."),
        ),
    )
    for kind, sentence in sentences:
        if issubclass(error, kind):
            return sentence
    return translate(
        "troubles", "The line stopped by a fault of the program. Press Start to go on."
    )

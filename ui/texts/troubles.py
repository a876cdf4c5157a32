"""What went wrong and what to do, in a sentence that an operator can act on."""

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from inspector.errors import (
    BundleError,
    CaptureError,
    InspectorError,
    RecipeError,
    SettingsError,
    StoreCorrupt,
    StoreError,
    StoreFull,
    UsageError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One notice.

    Attributes:
        text: What happened and what to do, in the chosen language.
        detail: What the engine says, for whoever is called.
    """

    text: str
    detail: str


def trouble_of(error: InspectorError) -> Trouble:
    """The notice for an error: by who must act, not by where it broke."""
    return Trouble(text=_sentence(error), detail=str(error))


def trouble_of_blocked(error: InspectorError) -> Trouble:
    """The notice for a line whose results cannot be kept, and which goes on by itself."""
    if isinstance(error, StoreFull):
        text = QCoreApplication.translate(
            "troubles",
            "The disk is full: every part is rejected. Free some space; the line goes on by "
            "itself.",
        )
    else:
        text = QCoreApplication.translate(
            "troubles",
            "Results cannot be stored: every part is rejected. Check the disk; the line goes on by "
            "itself.",
        )
    return Trouble(text=text, detail=str(error))


def trouble_of_change(error: InspectorError) -> Trouble:
    """The notice for a change that is not in force, on a line that goes on."""
    text = QCoreApplication.translate(
        "troubles",
        "What was changed for this line is not all in force; it goes on with what it had. "
        "Have the details looked at.",
    )
    return Trouble(text=text, detail=str(error))


def trouble_of_set_aside(error: InspectorError) -> Trouble:
    """The notice for a store that was damaged when the line started."""
    text = QCoreApplication.translate(
        "troubles",
        "The results of earlier parts are damaged. They were set aside, and a new file was begun. "
        "Have them looked at.",
    )
    return Trouble(text=text, detail=str(error))


def _sentence(error: InspectorError) -> str:
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
            UsageError,
            translate(
                "troubles", "This line is open in another window. Close it there, then press Start."
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
        if isinstance(error, kind):
            return sentence
    return translate(
        "troubles", "The line stopped by a fault of the program. Press Start to go on."
    )

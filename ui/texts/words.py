"""Decisions, reasons and phases in words."""

from PySide6.QtCore import QCoreApplication

from inspector.flow import Decision, Reason, Record, Region, Stage
from inspector.pipeline.events import Phase
from inspector.tolerance import OTHER_KIND, UNKNOWN
from ui.texts.numbers import THIN_SPACE, TIMES, score_text


def decision_word(decision: Decision) -> str:
    """The verdict as it stands in the banner."""
    translate = QCoreApplication.translate
    return {
        Decision.PASS: translate("words", "PASS"),
        Decision.FAIL: translate("words", "FAIL"),
        Decision.ERROR: translate("words", "ERROR"),
    }[decision]


def stage_word(stage: Stage) -> str:
    """What takes time, for people."""
    translate = QCoreApplication.translate
    return {
        Stage.DECODE: translate("words", "Read"),
        Stage.QUEUE: translate("words", "Wait"),
        Stage.PREPROCESS: translate("words", "Prepare"),
        Stage.INFER: translate("words", "Look"),
        Stage.JUDGE: translate("words", "Decide"),
        Stage.TOTAL: translate("words", "Total"),
        Stage.STORE: translate("words", "Store"),
    }[stage]


def phase_word(phase: Phase) -> str:
    """What the line is doing."""
    translate = QCoreApplication.translate
    return {
        Phase.IDLE: translate("words", "Stopped"),
        Phase.STARTING: translate("words", "Starting"),
        Phase.READY: translate("words", "Ready, waiting for parts"),
        Phase.RUNNING: translate("words", "Running"),
        Phase.BLOCKED: translate("words", "Not ready: results cannot be stored"),
        Phase.STOPPING: translate("words", "Stopping"),
        Phase.FAULTED: translate("words", "Stopped by a fault"),
    }[phase]


def error_word(rule: str) -> str | None:
    """Why a part could not be judged; None where the rule is not an error."""
    translate = QCoreApplication.translate
    return {
        "DeadlineMissed": translate("words", "Not judged in time"),
        "Overrun": translate("words", "Came too soon after the others"),
        "GrabTimeout": translate("words", "The camera gave no picture"),
        "Unfinished": translate("words", "The program ended before it was judged"),
        "FrameLost": translate("words", "The picture was lost on the way"),
        "CorruptFrame": translate("words", "The picture is damaged"),
        "FrozenPicture": translate("words", "The camera stands still: the same picture again"),
        "ChangedPicture": translate("words", "The camera gives another size than before"),
        "PoorPicture": translate("words", "Too little can be seen on the picture"),
        "TooDark": translate("words", "Too dark: look at the light and the lens cap"),
        "TooBright": translate("words", "Too bright: look at the light"),
        "NoContrast": translate("words", "Nothing can be seen: look at the lens and the part"),
        "OutOfFocus": translate("words", "Out of focus: look at the lens"),
        "WrongForm": translate("words", "The camera gives another size than was learnt"),
        "SourceUnavailable": translate("words", "The camera was lost"),
        "EndOfSource": translate("words", "There are no more pictures"),
        "PreprocessError": translate("words", "The picture has the wrong size"),
        "InferenceError": translate("words", "The picture could not be judged"),
        "WorkerFailed": translate("words", "A fault of the program"),
        "StoreFull": translate("words", "The disk is full"),
        "StoreError": translate("words", "The result could not be stored"),
        "StoreCorrupt": translate("words", "The result could not be stored"),
    }.get(rule)


def reason_text(reason: Reason) -> str:
    """One reason."""
    error = error_word(reason.rule)
    if error is not None:
        return error
    if reason.measured is None or reason.limit is None:
        return reason.text()
    if reason.rule == "score":
        text = QCoreApplication.translate("words", "Score {score}, limit {limit}")
        return text.format(score=score_text(reason.measured), limit=score_text(reason.limit))
    if reason.rule == OTHER_KIND:
        return QCoreApplication.translate("words", "A mark of a kind that is not tolerated")
    if reason.rule == UNKNOWN:
        return QCoreApplication.translate("words", "Something unusual beside what is tolerated")
    label = reason.rule.removeprefix("area of ")
    text = QCoreApplication.translate("words", "{label} covers {area} px², limit {limit} px²")
    return text.format(label=label, area=f"{reason.measured:.0f}", limit=f"{reason.limit:.0f}")


def region_text(region: Region) -> str:
    """One place: what it is where that is known, and its size."""
    box = region.box_sensor_px
    size = f"{box.width_px:.0f} {TIMES} {box.height_px:.0f}{THIN_SPACE}px"
    return f"{region.label.replace('_', ' ')}, {size}" if region.label else size


def record_text(record: Record) -> str:
    """Why a part did not pass, in one line; empty where it did."""
    if record.verdict.decision is Decision.PASS:
        return ""
    places = [region_text(region) for region in record.verdict.regions[:2]]
    words = [reason_text(reason) for reason in record.verdict.reasons]
    if record.verdict.decision is Decision.FAIL and places:
        return " · ".join(places)
    return " · ".join(dict.fromkeys(words))

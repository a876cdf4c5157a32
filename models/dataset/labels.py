"""One check of labels, wherever they come from: none that means good is taken for a defect."""

import difflib
import logging
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from inspector.errors import DataError
from models.dataset.sample import GOOD, Sample

_log = logging.getLogger(__name__)

# What people call a part without defects, in small letters; none of it names a defect.
_GOOD_WORDS = frozenset(
    (
        "good", "ok", "okay", "normal", "pass", "passed", "accepted", "nondefective", "nodefect",
        "defectfree", "flawless", "gut", "io", "einwandfrei", "conforme", "良品", "合格", "正常",
        "良好", "良", "양품", "정상", "none", "clean", "nodefects", "fehlerfrei", "negative",
        "okay", "defectless", "intact",
    )
)  # fmt: skip


def with_good_label(
    samples: Sequence[Sample], good_label: str | None, where: str, *, is_needed: bool = True
) -> tuple[Sample, ...]:
    """Check the labels against each other, and call what means free of defects "good".

    Args:
        good_label: What the person said means it; None: nothing was said.
        where: What the samples come from, for messages.
        is_needed: Whether a picture must have that label; False: another list may.

    Raises:
        DataError: Two labels differ in their spelling only; a label seems to mean "good", and is
            not called so; there is none that is called as the person said.
    """
    counts = Counter(kind for sample in samples for kind in sample.kinds)
    _refuse_alike(counts, where)
    if not is_needed and good_label not in counts:
        good_label = None
    if good_label is None:
        for label in counts:
            if label != GOOD and seems_good(label):
                first = next(sample.name for sample in samples if label in sample.kinds)
                raise DataError(
                    f"{where}: the label {label!r} ({first!r} and {counts[label] - 1:,} more) "
                    "seems to mean free of defects, which is called 'good' here; "
                    + ("rename it" if GOOD in counts else f"say --good-label {label}, or rename it")
                )
        return tuple(samples)
    if good_label not in counts:
        there = ", ".join(map(repr, sorted(counts)))
        raise DataError(
            f"{where}: no picture is labelled {good_label!r}, as --good-label says"
            f"{_hint(good_label, counts)}; there are {there}"
        )
    if good_label != GOOD and GOOD in counts:
        raise DataError(
            f"{where}: some pictures are labelled 'good' and others {good_label!r}, which "
            "--good-label says means the same; rename one of them"
        )
    for label in counts:
        if label != good_label and seems_good(label):
            _log.warning(
                "%s: the label %r counts as a defect, for %r means good", where, label, good_label
            )
    for sample in samples:
        if good_label in sample.kinds[1:] or (sample.label == good_label and sample.mask_labels):
            raise DataError(
                f"{where}: {sample.name!r} is labelled {good_label!r}, free of defects, and with a "
                "defect as well; mend one of its rows"
            )
    return tuple(
        replace(sample, label=GOOD) if sample.label == good_label else sample for sample in samples
    )


def check_known(samples: Iterable[Sample], known: Sequence[str], where: str) -> None:
    """Find out whether pictures and model speak of the same classes.

    Args:
        known: The model's classes.
        where: As for `with_good_label`.

    Raises:
        DataError: A label is none of them; it is named with the nearest one.
    """
    counts = Counter(kind for sample in samples for kind in sample.kinds)
    unknown = [
        f"{label!r} ({count:,}{_hint(label, known)})"
        for label, count in sorted(counts.items())
        if label not in known
    ]
    if unknown:
        raise DataError(
            f"{where}: the model does not know the label {', '.join(unknown)}; its classes are "
            f"{', '.join(known)}: "
            + (
                "rename them, or say --good-label for the one free of defects"
                if GOOD in known
                else "rename them; the model has no class that means free of defects"
            )
        )


def label_counts_text(samples: Iterable[Sample]) -> str:
    """For people: "good 20, scratch 12", good first."""
    counts = Counter(sample.label for sample in samples)
    ordered = sorted(counts, key=lambda label: (label != GOOD, label))
    return ", ".join(f"{label} {counts[label]:,}" for label in ordered)


def warn_without_good(labels: Sequence[str]) -> None:
    """Say what a model does that only sorts parts into classes."""
    if labels[0] != GOOD:
        _log.warning(
            "none of the classes is called good (%s): a part passes when it is surely one of them, "
            "whichever; where one means free of defects, say --good-label",
            ", ".join(labels),
        )


def seems_good(label: str) -> bool:
    """Whether people call parts without defects so: "OK", "ok_front", "good part"."""
    words = re.findall(r"\w+", unicodedata.normalize("NFKC", label).casefold().replace("_", " "))
    return _key(label) in _GOOD_WORDS or (bool(words) and words[0] in ("ok", "good"))


def _refuse_alike(counts: Counter[str], where: str) -> None:
    first_of: dict[str, str] = {}
    for label in sorted(counts):
        first = first_of.setdefault(_key(label), label)
        if first != label:
            raise DataError(
                f"{where}: the labels {first!r} ({counts[first]:,}) and {label!r} "
                f"({counts[label]:,}) differ in their spelling only; give both one name"
            )


def _key(label: str) -> str:
    """The label without what people spell in different ways."""
    plain = unicodedata.normalize("NFKC", label).casefold()
    return "".join(letter for letter in plain if letter.isalnum()) or plain


def _hint(label: str, known: Iterable[str]) -> str:
    by_key = {_key(one): one for one in known}
    near = difflib.get_close_matches(_key(label), by_key, n=1)
    return f"; did you mean {by_key[near[0]]!r}?" if near else ""

"""Every error is a sentence that says what to do, and never a name out of the program."""

import pytest

from inspector import errors
from ui.texts.troubles import trouble_of

KINDS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type)
    and issubclass(kind, errors.InspectorError)
    and kind not in (errors.Overrun, errors.DeadlineMissed, errors.WorkerFailed)
]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_error_is_told_in_two_sentences_with_the_engines_words_as_detail(
    kind: type[errors.InspectorError],
) -> None:
    trouble = trouble_of(kind("E 17"))
    assert trouble.text.count(".") >= 2
    assert kind.__name__ not in trouble.text
    assert trouble.detail == "E 17"


def test_who_must_act_decides_the_sentence() -> None:
    assert "cable" in trouble_of(errors.SourceUnavailable("x")).text
    assert "Free some space" in trouble_of(errors.StoreFull("x")).text
    assert "set aside" in trouble_of(errors.StoreCorrupt("x")).text
    assert "another window" in trouble_of(errors.FolderInUse("x")).text
    assert "cannot be written" in trouble_of(errors.UsageError("x")).text
    assert "Do not use it" in trouble_of(errors.MachineUnfit("x")).text
    assert "fault of the program" in trouble_of(errors.WorkerFailed("w", KeyError("k"))).text

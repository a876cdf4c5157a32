"""Which inspection judges which part: the one that was in force when the part was triggered."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from inspector.pipeline.events import JudgedBy
from inspector.pipeline.inspected import Inspected
from inspector.pipeline.inspection import Inspection


class Change:
    """A new inspection on its way into force. For any thread.

    It is on trial until it has judged a view; where it fails at the first one, what was in force
    before is so again.

    Attributes:
        inspection: The new one.
        is_over: Whether the trial has ended, well or not, or another change took its place.
        refusal: Why it was taken back; None where it was not.
    """

    def __init__(self, inspection: Inspection) -> None:
        self.inspection = inspection
        self.is_over = False
        self.refusal: str | None = None

    def end(self, refusal: str | None = None) -> None:
        """End the trial. For `Judging`."""
        self.refusal = refusal
        self.is_over = True


class Judging:
    """Gives each part the inspection that was in force at its trigger. For any thread.

    All views of a part are judged by one inspection, however long they are on their way.
    """

    def __init__(self, inspection: Inspection) -> None:
        self._lock = threading.Lock()
        self._current = inspection
        self._proven = inspection  # the last one whose trial went well
        self._trial: Change | None = None
        self._by_part: dict[int, Inspection] = {}
        self._at_work: Inspection | None = None

    @property
    def current(self) -> Inspection:
        """What judges the parts that are triggered from now on."""
        return self._current

    @property
    def judged_by(self) -> JudgedBy:
        """The same, for people."""
        inspection = self._current
        return JudgedBy(
            bundle_id=inspection.bundle_id,
            recipe=inspection.criteria.recipe.name,
            threshold=inspection.criteria.threshold,
        )

    def begin(self, part_number: int) -> None:
        """A part was triggered; it is known until `settle`."""
        with self._lock:
            self._by_part[part_number] = self._current

    def of(self, part_number: int) -> Inspection:
        """What judges this part; for one that has its result, what judges now."""
        with self._lock:
            return self._by_part.get(part_number, self._current)

    def settle(self, part_number: int) -> Inspection:
        """A part has its result; gives what judged it."""
        with self._lock:
            return self._by_part.pop(part_number)

    def change(self, inspection: Inspection) -> Change:
        """Let another one judge, from the next part on; those on their way keep theirs.

        Where it cannot judge the first view that it gets, the one before is in force again. One
        that is still on trial is given up.
        """
        change = Change(inspection)
        with self._lock:
            before, self._trial = self._trial, change
            self._current = inspection
        if before is not None:
            before.end()
        return change

    @contextmanager
    def work(self, inspection: Inspection) -> Iterator[None]:
        """It is at work inside, in the one thread that judges: `is_in_use` says so."""
        with self._lock:
            self._at_work = inspection
        try:
            yield
        finally:
            with self._lock:
                self._at_work = None

    def has_judged(self, inspection: Inspection, inspected: Inspected) -> None:
        """What it came to on a view whose picture was in order."""
        with self._lock:
            trial = self._trial
            if trial is None or trial.inspection is not inspection:
                return
            self._trial = None
            if inspected.prediction is not None:
                self._proven = inspection
                refusal = None
            else:
                self._current = self._proven
                refusal = "; ".join(reason.text() for reason in inspected.verdict.reasons)
        trial.end(refusal)

    def is_in_use(self, inspection: Inspection) -> bool:
        """Whether it judges, may have to judge again, or a part waits for it."""
        with self._lock:
            held = (self._current, self._proven, self._at_work, *self._by_part.values())
            return any(inspection is one for one in held)

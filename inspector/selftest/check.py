"""One thing that a self-test tries, and what came of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from inspector.clock import Clock
from inspector.errors import InspectorError


@dataclass(slots=True, kw_only=True)
class Check:
    """One thing that was tried.

    Attributes:
        detail: What was found; for a failure, what is wrong.
    """

    name: str
    is_passed: bool = False
    detail: str = ""
    elapsed_ms: float = 0.0


@contextmanager
def trying(name: str, checks: list[Check], clock: Clock) -> Iterator[Check]:
    """Add a check that is passed if nothing is raised inside.

    Raises:
        InspectorError: What was raised inside, or what the system refused; the check says it too.
    """
    check = Check(name=name)
    checks.append(check)
    started_ns = clock.monotonic_ns()
    try:
        yield check
        check.is_passed = True
    except InspectorError as error:
        check.detail = str(error)
        raise
    except OSError as error:
        check.detail = f"{error.filename or name}: {error.strerror}; mend it, then try again"
        raise InspectorError(check.detail) from error
    finally:
        check.elapsed_ms = (clock.monotonic_ns() - started_ns) / 1e6


def tried(name: str, find: Callable[[], str], clock: Clock) -> Check:
    """A check by itself, on which no other rests."""
    checks: list[Check] = []
    try:
        with trying(name, checks, clock) as check:
            check.detail = find()
    except InspectorError:
        pass  # the check says it
    return checks[0]

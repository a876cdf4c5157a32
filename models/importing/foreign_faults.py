"""Turns whatever a library raises over a foreign file into an error that says what to do."""

from collections.abc import Iterator
from contextlib import contextmanager

from inspector.errors import ConfigurationError, InspectorError

_MAX_REASON = 300  # letters; some libraries add a whole graph


@contextmanager
def blamed_on(what: str, advice: str) -> Iterator[None]:
    """Whatever the libraries called inside raise is a fault of the file they were given.

    They promise no kinds of errors for damaged files: a missing key, a failed assertion and an
    error of their own all mean the same. Nothing of ours but the call itself belongs inside.

    Args:
        what: What went wrong, such as "'a.onnx' cannot be read".
        advice: What to do.

    Raises:
        ConfigurationError: For any exception but ours and those that are not an `Exception`.
    """
    try:
        yield
    except InspectorError:
        raise
    except MemoryError as error:
        raise ConfigurationError(f"{what}: it asks for more memory than there is") from error
    except Exception as error:
        raise ConfigurationError(f"{what}: {_reason(error)}; {advice}") from error


def _reason(error: Exception) -> str:
    """The first line that says something, with the kind of error where that helps."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    if not lines:
        return type(error).__name__
    text = (
        lines[0]
        if isinstance(error, ValueError | RuntimeError | OSError)
        else (f"{type(error).__name__}: {lines[0]}")
    )
    return text if len(text) <= _MAX_REASON else f"{text[:_MAX_REASON]}..."

"""Words for people: to stderr, once, and only when a program asks for it."""

import logging
from collections.abc import Iterator

import pytest

from inspector.logs import configure_logging


@pytest.fixture(autouse=True)
def _root_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.parametrize(
    ("verbose", "text"),
    [(False, "INFO: reading\nWARNING: slow\n"), (True, "INFO: reading\nWARNING: slow\nDEBUG: 7\n")],
)
def test_records_go_to_stderr_by_level(
    verbose: bool, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging(verbose=verbose)
    log = logging.getLogger("inspector.anything")
    log.info("reading")
    log.warning("slow")
    log.debug("%d", 7)
    assert tuple(capsys.readouterr()) == ("", text)


def test_record_is_written_once_when_set_up_twice(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(verbose=True)
    configure_logging(verbose=False)
    logging.getLogger("inspector").info("once")
    assert capsys.readouterr().err == "INFO: once\n"
